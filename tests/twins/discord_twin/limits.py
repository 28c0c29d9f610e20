"""Rate limits by bucket, told by headers as Discord does."""

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatch

from tests.twins.discord_twin import errors

GLOBAL_RATE = 50
Limit = tuple[int, float]


@dataclass(slots=True)
class _Window:
    left: int
    ends: float


@dataclass(slots=True)
class RateLimits:
    """Limits are (calls, seconds) by operation pattern; the first match counts.

    Calls of one bucket share the operation and the major parameter (channel, guild, webhook token).
    """

    limits: dict[str, Limit] = field(
        default_factory=lambda: {
            "callback": (1000, 1.0),
            "webhook.*": (5, 2.0),
            "channel.send": (5, 5.0),
            "channel.edit": (5, 5.0),
            "commands.put": (10, 5.0),
            "*": (50, 1.0),
        }
    )
    global_rate: int = GLOBAL_RATE
    _windows: dict[str, _Window] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)

    def headers(self, operation: str, major: str) -> dict[str, str]:
        """Count one call and say what is left. DiscordError 429 if it is one too many."""
        now = time.monotonic()
        calls, seconds = next(limit for pattern, limit in self.limits.items() if fnmatch(operation, pattern))
        key = f"{operation}:{major}"
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(calls, now + seconds)
        reset_after = window.ends - now
        headers = {
            "X-RateLimit-Limit": str(calls),
            "X-RateLimit-Remaining": str(max(0, window.left - 1)),
            "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(operation.encode()).hexdigest()[:24],
        }
        if window.left <= 0:
            error = errors.rate_limited(reset_after, is_global=False, scope="user")
            error.headers = {**headers, **error.headers}
            raise error
        if not operation.startswith(("callback", "webhook.")):
            self._count_globally(now)
        window.left -= 1
        return headers

    def _count_globally(self, now: float) -> None:
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= self.global_rate:
            raise errors.rate_limited(self._recent[0] + 1.0 - now, is_global=True, scope="global")
        self._recent.append(now)
