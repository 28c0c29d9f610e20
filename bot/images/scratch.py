"""Files to encode pictures into.

Into memory, Pillow's JPEG and PNG encoders keep the interpreter's lock until they are done (`_encode` in its encode.c;
seen as 230 ms without an event loop for 9 megapixels). Into a real file they do not (`_encode_to_file`).
"""

import os
import tempfile
from typing import BinaryIO, cast

from PIL import Image


def encoded(image: Image.Image, media_format: str, **options: object) -> bytes:
    """The picture in one of Pillow's formats, e.g. "JPEG", with the options of its `save`."""
    with _file_in_memory() as file:
        image.save(file, media_format, **options)
        file.seek(0)
        return file.read()


def _file_in_memory() -> BinaryIO:
    """On the disk where the system has no such thing."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("picture"), "w+b")
    return cast("BinaryIO", tempfile.TemporaryFile())
