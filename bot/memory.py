"""The process's memory as the C library keeps it: pictures come and go by the megabyte, in several threads.

The functions for the C library do nothing where it is not glibc.
"""

import ctypes
import gc
from typing import Final

_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def few_arenas() -> None:
    """Let all threads share one heap, before any is started.

    By default each thread gets a heap of its own and keeps what it has freed: with threads that decode pictures that is
    the larger part of what a process holds on to.
    """
    if (mallopt := _function("mallopt")) is not None:
        mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Hand back what is free, once what is needed only while starting (authorities, modules' sources) is gone."""
    if (trim := _function("malloc_trim")) is not None:
        trim(0)


def set_aside() -> None:
    """Take what is there at the end of the start (modules, classes, validators) out of the garbage collector's rounds.

    It lives as long as the process does, and looking through all of it stops the event loop for a quarter of a second.
    """
    gc.collect()
    gc.freeze()


def _function(name: str) -> "ctypes._NamedFuncPointer | None":
    try:
        found: ctypes._NamedFuncPointer = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return found
