"""The composition root: the only place that knows everything.

opening      what is outside, opened in order and closed in reverse
assembly     the core put together on top of it
application  what has been put together
lifecycle    started, and drained at the end
"""

from bot.app.application import Application
from bot.app.assembly import open_application
from bot.app.lifecycle import running
from bot.telemetry.probes import probed

__all__ = ["Application", "open_application", "probed", "running"]
