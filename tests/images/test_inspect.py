import io
import random
import struct
import zlib
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from bot.domain.errors import InvalidImage
from bot.domain.images import MediaType
from bot.images.inspect import inspect_bytes, inspect_upload
from bot.images.media_types import media_type_of
from bot.images.previews import copy_to_check, fit_into, jpeg_copy, webp_preview
from tests.support.make import picture


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", MediaType.PNG), ("JPEG", MediaType.JPEG), ("WEBP", MediaType.WEBP)]
)
async def test_a_whole_picture_is_accepted_as_what_it_is(kind: str, media_type: MediaType) -> None:
    data = picture(64, 48, kind)

    found = await inspect_bytes(data)

    assert (found.media_type, found.width, found.height, found.data) == (media_type, 64, 48, data)
    assert media_type_of(data) is media_type


def noise(kind: str) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (96, 96), random.Random(7).randbytes(96 * 96 * 3)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_cut_picture_is_rejected(kind: str) -> None:
    data = noise(kind)

    with pytest.raises(InvalidImage):
        await inspect_bytes(data[: int(len(data) * 0.6)])


@pytest.mark.parametrize("data", [b"", b"<html>", b"GIF89a" + b"\0" * 40, b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
async def test_other_bytes_are_rejected(data: bytes) -> None:
    with pytest.raises(InvalidImage):
        await inspect_bytes(data)


def bomb(side: int) -> bytes:
    """A PNG that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7000, 12_000, 30_000])
async def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    with pytest.raises(InvalidImage):
        await inspect_bytes(bomb(side))


async def test_an_upload_has_a_smaller_limit() -> None:
    with pytest.raises(InvalidImage, match="larger than"):
        await inspect_upload(b"\0" * (20 * 1024 * 1024 + 1))


async def test_a_preview_is_small_and_keeps_transparency() -> None:
    preview = await inspect_bytes(await webp_preview(picture(2000, 1000, colour=(9, 9, 9, 100))))

    assert (preview.media_type, preview.width, preview.height) == (MediaType.WEBP, 1024, 512)
    with Image.open(io.BytesIO(preview.data)) as image:
        assert image.mode == "RGBA"


async def test_a_jpeg_copy_lies_on_white() -> None:
    copy = await jpeg_copy(picture(20, 20, colour=(0, 0, 0, 0)))

    with Image.open(io.BytesIO(copy)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


async def test_a_picture_is_made_to_fit() -> None:
    data = noise("PNG")

    assert 0 < len(await fit_into(data, 20_000)) <= 20_000
    assert await fit_into(data, 50) == b""


@pytest.mark.parametrize(("kind", "accepted"), [("PNG", False), ("WEBP", False), ("MPO", True)])
async def test_what_moves_is_refused_and_what_a_phone_puts_behind_a_photo_is_not(
    kind: str, accepted: bool
) -> None:
    """Checks look at one frame; the others would be published unseen. Viewers never show an MPO's second picture."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("white", "red")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    if accepted:
        assert (await inspect_bytes(out.getvalue())).media_type is MediaType.JPEG
        assert await jpeg_copy(out.getvalue())
        return
    for look in (inspect_bytes, inspect_upload):
        with pytest.raises(InvalidImage):
            await look(out.getvalue())


@pytest.mark.parametrize(("subject", "corner"), [("white", 0), ("black", 255), ((200, 30, 30), 255)])
async def test_a_check_sees_light_and_dark_subjects_on_what_is_transparent(
    subject: str | tuple[int, int, int], corner: int
) -> None:
    drawn = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    drawn.paste(subject, (16, 16, 48, 48))
    out = io.BytesIO()
    drawn.save(out, "PNG")

    with Image.open(io.BytesIO(await copy_to_check(out.getvalue()))) as seen:
        grey = seen.convert("L")
        assert grey.getpixel((2, 2)) == pytest.approx(corner, abs=3)
        assert grey.getpixel((32, 32)) != pytest.approx(corner, abs=80)


async def test_a_check_gets_an_opaque_or_an_empty_picture_as_it_is() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")

    assert await copy_to_check(picture(64, 48)) == await jpeg_copy(picture(64, 48))
    assert await copy_to_check(out.getvalue()) == await jpeg_copy(out.getvalue())


@pytest.mark.parametrize("copied", [copy_to_check, jpeg_copy, webp_preview])
@pytest.mark.parametrize("clear", [{}, {"transparency": 0x4000}])
async def test_a_grey_picture_of_sixteen_bits_is_seen_as_it_is_and_not_as_white(
    copied: Callable[[bytes], Awaitable[bytes]], clear: dict[str, int]
) -> None:
    dark, light = 0x4000, 0xC000
    rows = struct.pack("<64H", *[dark] * 32, *[light] * 32) * 64
    out = io.BytesIO()
    Image.frombytes("I;16", (64, 64), rows).save(out, "PNG", **clear)

    with Image.open(io.BytesIO(await copied(out.getvalue()))) as seen:
        grey = seen.convert("L")
        assert grey.getpixel((8, 32)) == pytest.approx(dark >> 8, abs=3)
        assert grey.getpixel((56, 32)) == pytest.approx(light >> 8, abs=3)


def seen_corner(data: bytes) -> tuple[tuple[int, int], str]:
    """Size, and where the dark quarter is."""
    with Image.open(io.BytesIO(data)) as image:
        assert "exif" not in image.info
        grey, (wide, high) = image.convert("L"), image.size
        places = {"top left": (8, 8), "top right": (wide - 8, 8), "bottom left": (8, high - 8)}
        dark = [name for name, place in places.items() if grey.getpixel(place) == pytest.approx(0, abs=80)]
        return image.size, dark[0] if dark else "bottom right"


@pytest.mark.parametrize("copied", [copy_to_check, jpeg_copy, webp_preview])
@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (96, 64), "top left"),
        (3, (96, 64), "bottom right"),
        (6, (64, 96), "top right"),
        (8, (64, 96), "bottom left"),
        (77, (96, 64), "top left"),
    ],
)
async def test_a_copy_of_a_photo_stands_as_viewers_show_it(
    copied: Callable[[bytes], Awaitable[bytes]], orientation: int, size: tuple[int, int], corner: str
) -> None:
    photo, out, note = Image.new("RGB", (96, 64), "white"), io.BytesIO(), Image.Exif()
    photo.paste("black", (0, 0, 48, 32))
    note[0x0112] = orientation
    photo.save(out, "JPEG", exif=note)

    assert seen_corner(await copied(out.getvalue())) == (size, corner)


AS_TEXT = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x026\0\0\0\0\0\0\0"


@pytest.mark.parametrize("note", [b"Exif\0\0", b"Exif\0\0 no TIFF at all", AS_TEXT])
async def test_a_broken_note_of_how_a_photo_stands_is_none(note: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (96, 64), "white").save(out, "JPEG", exif=note)

    assert (await inspect_bytes(await copy_to_check(out.getvalue()))).width == 96
