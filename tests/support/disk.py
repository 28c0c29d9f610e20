"""A disk on which there is no more room, as any user can have it: files may not grow beyond a size."""

import io
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """Writes fail in the middle of what would be larger than so many bytes, with an error of the system's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def noise(side: int) -> bytes:
    """A PNG that cannot be compressed: about three bytes a pixel."""
    pixels = random.Random(side).randbytes(3 * side * side)
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
