"""What the fake upstream's pictures look like; free of imports, so that it weighs nothing in a measured process."""

from typing import Final

PICTURE_BYTES: Final = 1_499_972
LARGE_BYTES: Final = 2_000_000
HUGE_BYTES: Final = 20_000_000
DELAY: Final = 0.05
"""Seconds that a picture takes."""
HANG: Final = 6.0
"""Seconds that a hung request takes; it is billed all the same."""
QUIET: Final = 1.0
