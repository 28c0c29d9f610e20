"""How a submit-and-poll host can behave, in words that fit all of them.

A mode is chosen when a task is submitted and stays with it: through polling, result and download. `Normal`, `Slow`,
`Hang`, `Answer`, `ServerError`, `HtmlOk`, `EmptyBody`, `ResetBeforeHeaders`, `ResetMidBody` and `CutBody` of
`http_twin` act on the submit call itself.
"""

from dataclasses import dataclass

from tests.twins.http_twin import Fault

# the submit call


@dataclass(frozen=True, slots=True)
class OutOfCredit(Fault):
    """402 (fal: 403, "User is locked")."""


@dataclass(frozen=True, slots=True)
class TooMany(Fault):
    """429. The wait is named in the header, in the body, or nowhere (None)."""

    retry_after: float | None = 1.0
    in_header: bool = True
    in_body: bool = False


@dataclass(frozen=True, slots=True)
class Overloaded(Fault):
    """503 with a JSON body."""


@dataclass(frozen=True, slots=True)
class InvalidInput(Fault):
    """422, as if our body were wrong."""


@dataclass(frozen=True, slots=True)
class RedirectSubmit(Fault):
    """307 to another host."""


@dataclass(frozen=True, slots=True)
class ForeignPollingUrl(Fault):
    """The poll address lies at another host."""


# the course of a task


@dataclass(frozen=True, slots=True)
class Queued(Fault):
    """Waits for that many polls before it is ready."""

    polls: int = 5


@dataclass(frozen=True, slots=True)
class ColdStart(Fault):
    """Boots for that many polls, in the host's own words, then is ready."""

    polls: int = 5


@dataclass(frozen=True, slots=True)
class Forever(Fault):
    """Never ends, but can be cancelled where the host can."""


@dataclass(frozen=True, slots=True)
class ModeratedInput(Fault):
    """The words were refused."""

    reasons: tuple[str, ...] = ("Sexual Content",)


@dataclass(frozen=True, slots=True)
class ModeratedOutput(Fault):
    """The picture was refused."""

    reasons: tuple[str, ...] = ("Violence",)


@dataclass(frozen=True, slots=True)
class Failed(Fault):
    """The host's error status with this text."""

    text: str = "Internal worker error at /opt/worker/handler.py line 88"


@dataclass(frozen=True, slots=True)
class OutOfMemory(Fault):
    """The host's error status, saying that the GPU's memory is full."""


@dataclass(frozen=True, slots=True)
class UnknownStatus(Fault):
    """A status that no documentation knows."""

    word: str = "Reticulating"


@dataclass(frozen=True, slots=True)
class TaskNotFound(Fault):
    """The host has forgotten the task."""


@dataclass(frozen=True, slots=True)
class Canceled(Fault):
    """Cancelled by somebody else."""


@dataclass(frozen=True, slots=True)
class Aborted(Fault):
    """Given up by the host before it started (Replicate: aborted, RunPod: TIMED_OUT, fal: startup_timeout)."""


@dataclass(frozen=True, slots=True)
class PollFails(Fault):
    """The first polls answer with this status, 0 resets the connection; then all is well."""

    times: int = 2
    status: int = 502


@dataclass(frozen=True, slots=True)
class RedirectPoll(Fault):
    """Polls answer with 302 to another host."""


@dataclass(frozen=True, slots=True)
class SilentResult(Fault):
    """fal, where the result lies apart: silence about it for some seconds."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class NoResult(Fault):
    """Ready, without any picture in the result."""


# the download


@dataclass(frozen=True, slots=True)
class ExpiredSample(Fault):
    """The result's address answers 403 for ever."""


@dataclass(frozen=True, slots=True)
class NotYetThere(Fault):
    """The result's address answers 404 that many times, then 200."""

    times: int = 2


@dataclass(frozen=True, slots=True)
class WrongContentType(Fault):
    """An HTML page instead of the picture; `lying` says image/jpeg all the same."""

    lying: bool = False


@dataclass(frozen=True, slots=True)
class MislabelledDownload(Fault):
    """The right picture as application/octet-stream."""


@dataclass(frozen=True, slots=True)
class HugeDownload(Fault):
    """That many bytes; `announced` sends a Content-Length."""

    bytes: int = 200 * 1024 * 1024
    announced: bool = True


@dataclass(frozen=True, slots=True)
class LargePicture(Fault):
    """A whole PNG of that many bytes, whatever type was asked for."""

    bytes: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RedirectDownload(Fault):
    """302 on the result's address, to another host unless `target` names one."""

    target: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignSample(Fault):
    """The result's address itself points there, e.g. to a private network."""

    url: str = "http://169.254.169.254/latest/meta-data/"


@dataclass(frozen=True, slots=True)
class SlowDownload(Fault):
    """The picture trickles in over that many seconds."""

    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class CutDownload(Fault):
    """The first downloads are reset in the middle, then all is well."""

    times: int = 100


@dataclass(frozen=True, slots=True)
class TruncatedDownload(Fault):
    """A complete answer with an incomplete picture."""


@dataclass(frozen=True, slots=True)
class UnsafeDownload(Fault):
    """A picture in a colour that the moderation twin flags; see `pictures.UNSAFE_COLOURS`."""

    category: str = "sexual"


BAD_ENDS = (
    Forever,
    ModeratedInput,
    ModeratedOutput,
    Failed,
    OutOfMemory,
    UnknownStatus,
    TaskNotFound,
    Canceled,
    Aborted,
)
"""Courses that make no picture."""
