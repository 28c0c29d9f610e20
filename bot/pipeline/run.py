"""One job under way: what the stages share."""

import dataclasses
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.domain.jobs import Job, Stage, Steps
from bot.domain.policy import Policy
from bot.images.budget import ByteBudget
from bot.pipeline.cancel import CancelBoard
from bot.pipeline.progress import ProgressBus
from bot.pipeline.unwatched import Unwatched
from bot.pipeline.verdict_cache import VerdictCache
from bot.ports import (
    ChatAdapter,
    Clock,
    Identities,
    ImageRouter,
    ImageStore,
    JobStore,
    LocalRules,
    MarksReader,
    Moderator,
    PictureScorer,
    PolicyStore,
    PromptSanitizer,
    SecondCheck,
    Telemetry,
    Watch,
)

log = structlog.get_logger(__name__)

DEFAULT_MEMORY: Final = 256 * 1024 * 1024
_LONGEST_PAUSE: Final = 5.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the core talks to, put together once in the composition root.

    Attributes:
        moderator: None when no moderation service is configured; then nothing that needs one is shown.
        adapters: Chat adapters by platform name.
        retry_seconds: First pause between tries of what may be repeated; it doubles.
        partials: Previews to ask for while a picture is made; each one costs a little.
        media_type: What pictures' files are to be, where the model lets itself be told.
        second_check: None when nobody offers it; then a community that wants it sees no picture.
        local_check: A model on this machine that looks at pictures too; None where the operator has none.
        marks: Looks for a maker's own marks in files that moderators ask about; None where nobody may be asked.
        verdicts: What the text models said about the same words a moment ago.
        watch: The moderators' side; without one nobody is suspended and nothing is kept for them.
        memory: Bytes of pictures that may be in memory at once; jobs wait for theirs before anything is paid.
    """

    clock: Clock
    jobs: JobStore
    policies: PolicyStore
    images: ImageStore
    router: ImageRouter
    sanitizer: PromptSanitizer
    moderator: Moderator | None
    rules: LocalRules
    identities: Identities
    telemetry: Telemetry
    progress: ProgressBus
    adapters: Mapping[str, ChatAdapter]
    retry_seconds: float = 0.5
    partials: int = 0
    media_type: MediaType = MediaType.PNG
    memory: ByteBudget = field(default_factory=lambda: ByteBudget(DEFAULT_MEMORY))
    cancels: CancelBoard = field(default_factory=CancelBoard)
    second_check: SecondCheck | None = None
    local_check: PictureScorer | None = None
    marks: MarksReader | None = None
    verdicts: VerdictCache = field(default_factory=VerdictCache)
    watch: Watch = field(default_factory=Unwatched)


@dataclass
class Run:
    """A job in the hands of this process. Stages change it only through `save`."""

    parts: Parts
    job: Job
    policy: Policy
    written: list[str] = field(default_factory=list)
    """Keys of the objects that it has put into the image store."""

    @property
    def steps(self) -> Steps:
        return self.job.steps

    @property
    def deadline(self) -> Deadline:
        return Deadline(self.job.deadline)

    def remaining(self) -> float:
        """Seconds left for the whole job."""
        return self.deadline.remaining(self.parts.clock.now())

    async def save(self, stage: Stage, **results: Any) -> None:
        """Store results of a stage under the job's fence, then go on with them.

        A ledger that is away is waited for, since nothing may be paid without it and what has been paid must not be
        forgotten.

        Raises:
            LostJob: another process has taken the job over.
            StorageError: the ledger did not answer as long as the job has time.
        """
        steps = dataclasses.replace(self.job.steps, **results)
        await self.until_stored(lambda: self.parts.jobs.checkpoint(self.job, stage, steps))
        self.job = dataclasses.replace(self.job, steps=steps, stage=stage)

    async def until_stored(self, write: Callable[[], Awaitable[Result]], tries: int | None = None) -> Result:
        """Repeat a write that is harmless to repeat while another try may help, with growing pauses.

        Raises:
            StorageError: of the last try, at the job's deadline, or after so many `tries`.
        """
        pause = self.parts.retry_seconds
        for attempt in itertools.count(1):
            try:
                return await write()
            except StorageError as fault:
                if not fault.retryable or attempt == tries or self.remaining() <= pause:
                    raise
                log.warning("write_repeated", problem=fault.problem, attempt=attempt)
            await self.parts.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise AssertionError("unreachable")
