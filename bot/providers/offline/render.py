"""A picture for a prompt, drawn by rules."""

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Final

from PIL import Image

from bot.images.scratch import encoded
from bot.providers.offline import styles
from bot.providers.offline.compose import compose
from bot.providers.offline.describe import describe
from bot.providers.offline.label import metadata, stamp
from bot.providers.offline.mockups import mockup
from bot.providers.offline.poster import poster
from bot.providers.offline.scene import Scene
from bot.providers.offline.understand import understand

SMALLEST: Final = 16
LARGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Drawing:
    """An offline preview.

    Attributes:
        png: The file, with the label in its pixels and in its text chunks.
        understood: The words that shaped the picture, in plain English.
        alt_text: What is to be seen.
    """

    png: bytes
    understood: tuple[str, ...]
    alt_text: str


def render(prompt: str, *, width: int, height: int, seed: int, variant: int = 0) -> Drawing:
    """Draw the prompt at width x height pixels.

    A pure function: the same arguments give the same bytes, another seed or variant another composition.
    CPU-bound for up to a few seconds: call it in a thread.

    Raises:
        ValueError: A side is below 16 or above 4096 pixels.
    """
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"a side is {SMALLEST} to {LARGEST} pixels, not {width} x {height}")
    scene = understand(prompt)
    rng = _random(scene.words, seed, variant)
    over = _supersampling(width * height)
    picture = _draw(scene, round(width * over), round(height * over), rng)
    picture = picture.resize(
        (width, height), Image.Resampling.BOX if over == int(over) else Image.Resampling.LANCZOS
    )
    alt_text = describe(scene)
    finished = stamp(styles.apply(picture, scene.styles, rng))
    return Drawing(_encode(finished, alt_text), scene.understood, alt_text)


def _draw(scene: Scene, width: int, height: int, rng: Random) -> Image.Image:
    if scene.mockup is not None:
        return mockup(scene, width, height, rng)
    if scene.known:
        return compose(scene, width, height, rng)
    return poster(scene.lettering, width, height, rng)


def _random(words: str, seed: int, variant: int) -> Random:
    """Stable over processes and versions of Python, unlike `hash`."""
    digest = hashlib.sha256(f"{seed}\x1f{variant}\x1f{words}".encode("utf-8", "surrogatepass")).digest()
    return Random(int.from_bytes(digest[:8], "big"))


def _supersampling(pixels: int) -> float:
    """Finer for small pictures; bounded, so that a large one costs seconds, not minutes."""
    if pixels <= 300_000:
        return 3
    return 2 if pixels <= 2_300_000 else 1.5


def _encode(picture: Image.Image, alt_text: str) -> bytes:
    return encoded(picture, "PNG", pnginfo=metadata(alt_text), compress_level=4)
