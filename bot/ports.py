"""What the core needs from the outside, as Protocols. Everything behind them can be replaced in a test."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from bot.domain.awaiting import Awaited, Outlook, Part
from bot.domain.clock import Deadline
from bot.domain.images import (
    ImageTask,
    KeptImage,
    MediaType,
    Partial,
    PictureData,
    Produced,
    ProviderRefusal,
)
from bot.domain.jobs import DeliveryHandle, Job, Stage, Steps
from bot.domain.limits import Limit, LimitReached, Rate, Usage
from bot.domain.lora import LoraChoice
from bot.domain.moderation import ModerationScores
from bot.domain.moderators import Judged, Suspension
from bot.domain.money import MicroUSD
from bot.domain.outcomes import Outcome, Refused
from bot.domain.policy import Policy, Recovery, Retention, RouteOrder
from bot.domain.profile import ModelProfile
from bot.domain.provenance import Marks
from bot.domain.purchases import Purchase, Speed
from bot.domain.requests import Action, ImagineRequest, JobId, Reference, Requester
from bot.domain.verdict import Verdict

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


class Clock(Protocol):
    """Time as a dependency, so that tests own it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Health:
    """State of one part. `detail` is for operators and holds no secret. `passing`: another look may find it well.

    `asked`: it was looked at itself; where nobody can look, `ok` is no more than a hope.
    """

    ok: bool
    detail: str = ""
    passing: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `imagine-bot doctor`. `grade` is ok, warning or failure; `remedy` says what to do."""

    name: str
    grade: str
    detail: str
    remedy: str = ""


class ImageProvider(Protocol):
    """One model at one host."""

    @property
    def name(self) -> str:
        """The host, e.g. "openai" or "bfl"."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def profile(self) -> ModelProfile: ...

    def generate(
        self, task: ImageTask, deadline: Deadline
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """Make pictures: any number of Partial, then exactly one Produced or ProviderRefusal.

        One call is at most one paid request; nothing paid is repeated inside. Closing the iterator cancels the
        request where the host can.

        Raises:
            ProviderError: with `maybe_billed` telling whether money may have been spent.
        """
        ...

    async def probe(self) -> Health:
        """Whether a request has a chance, without paying. Hosts that cannot tell answer ok."""
        ...

    async def aclose(self) -> None: ...


class AttemptLog(Protocol):
    """The ledger of paid attempts: a row is written before each POST and closed after it."""

    async def open_attempt(self, job_id: JobId, purchase: Purchase) -> str:
        """Write the attempt down and return its id.

        Raises:
            LostJob: the job belongs to another process now; do not pay.
        """
        ...

    async def close_attempt(
        self,
        attempt_id: str,
        *,
        billed: bool | None,
        cost: MicroUSD | None,
        request_id: str | None,
        result: str,
        seconds: float,
    ) -> None:
        """`billed` None means maybe. `result` is from a closed set (the router's row names)."""
        ...

    async def speeds(self) -> Sequence[Speed]:
        """What the models' recent requests took, by all processes that share the ledger."""
        ...


class Moderator(Protocol):
    """Scores words and pictures. Raises ProviderError when it gives no scores."""

    async def score_text(self, texts: Sequence[str], deadline: Deadline) -> Sequence[ModerationScores]: ...

    async def score_image(
        self, data: bytes, media_type: MediaType, deadline: Deadline
    ) -> ModerationScores: ...


class PictureScorer(Protocol):
    """Scores pictures where `Moderator` cannot be asked. Raises ProviderError when it gives no scores."""

    async def score_image(
        self, data: bytes, media_type: MediaType, deadline: Deadline
    ) -> ModerationScores: ...


@dataclass(frozen=True, slots=True)
class SanitizeTask:
    """What the sanitizer gets to see: one person's words and the community's rules, nothing else."""

    words: str
    rating: str = "PG"
    rules: Mapping[str, Any] | None = None
    flagged_terms: tuple[str, ...] = ()
    reference_roles: tuple[str, ...] = ()
    safety_identifier: str = ""


class PromptSanitizer(Protocol):
    """Turns untrusted words into a typed verdict."""

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        """Raises NoVerdict for anything but a valid verdict: no decision is never a pass."""
        ...


class Describer(Protocol):
    """Puts pictures into words."""

    async def describe(
        self, data: bytes, media_type: MediaType, language: str, deadline: Deadline, safety_identifier: str
    ) -> str:
        """A caption that would draw the picture again, in the language of a BCP 47 tag. Raises NoVerdict."""
        ...


class LocalRules(Protocol):
    """Rules that judge words without asking anybody: the last look at a text model's own words."""

    def judge(self, words: str) -> Verdict: ...


class ImageStore(Protocol):
    """Where bytes live. Raises StorageError."""

    @property
    def public(self) -> bool:
        """People elsewhere can open `url()`; otherwise the bytes have to be attached."""
        ...

    async def keep(self, data: PictureData, media_type: MediaType, *, width: int, height: int) -> KeptImage:
        """Store original bytes in the private part, under their sha256."""
        ...

    async def publish(self, kept: KeptImage) -> str:
        """Make a kept picture public and return its key. Publishing twice is harmless."""
        ...

    async def publish_bytes(self, data: bytes, media_type: MediaType) -> str:
        """Store derived bytes (previews) in the public part and return their key."""
        ...

    async def read(self, key: str) -> bytes:
        """Bytes of a key; those of a kept picture also when only its public copy is left."""
        ...

    async def fetch(self, key: str) -> PictureData:
        """As `read`, but what is large comes without being in memory as a whole."""
        ...

    async def delete(self, key: str) -> None:
        """Delete one object; deleting what is gone is no error."""
        ...

    def url(self, key: str) -> str:
        """Stable public address of a key, "" when the store is private."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job's row and reservations exist now."""

    job: Job


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The interaction was known already; nothing was reserved."""

    job: Job


class JobStore(AttemptLog, Protocol):
    """The ledger of jobs, limits and money. Raises StorageError; writes of a lost job raise LostJob."""

    async def accept(
        self,
        request: ImagineRequest,
        limits: Sequence[Limit],
        rates: Sequence[Rate],
        weight: int,
        handle: DeliveryHandle | None = None,
    ) -> Accepted | Duplicate | LimitReached:
        """Insert the job and reserve all limits, or none of it. `weight` is the job's share for fairness."""
        ...

    async def may_have_paid(self, job_id: JobId) -> bool:
        """Whether any request for the job may have cost something.

        One that ended unbilled has not, nor has one without a price: to the renderer or a server of our own.
        """
        ...

    async def begin(
        self, job_id: JobId, handle: DeliveryHandle, message: Mapping[str, Any], deadline: float
    ) -> bool:
        """The acknowledgement arrived: queue the job. False if it was begun or closed before."""
        ...

    async def claim(self, platforms: Collection[str]) -> Job | None:
        """Take the queued job of these platforms that is fairest to run next, None if there is none."""
        ...

    async def checkpoint(self, job: Job, stage: Stage, steps: Steps) -> None:
        """Store a stage's result under the job's fence."""
        ...

    async def update_message(self, job_id: JobId, message: Mapping[str, Any]) -> None:
        """Remember where the answer is shown, instead of what was remembered before.

        For a job that was deleted meanwhile this is `leave_shown`.
        """
        ...

    async def amend_message(self, job_id: JobId, entries: Mapping[str, Any]) -> bool:
        """Add to what is remembered, in one step, so that nobody's write in between is lost; for button presses.

        False if the job is deleted or unknown; then nothing is written.
        """
        ...

    async def finish(self, job: Job, outcome: Outcome) -> None:
        """Final state, settled reservations (used if delivered, freed otherwise), credentials removed."""
        ...

    async def take_over(self) -> Sequence[Job]:
        """Claim the running jobs of dead owners; they come back with a higher fence and attempts + 1."""
        ...

    async def in_hand(self) -> Sequence[Job]:
        """The jobs that run under this process's name, whether it knows of them or not."""
        ...

    async def abandon(self, older_than: float) -> Sequence[JobId]:
        """End jobs accepted but never begun since `older_than` (epoch seconds) and free their reservations.

        Those whose handle is known are queued with an apology as their outcome: the platform may have taken the
        acknowledgement although nobody has noted it.
        """
        ...

    async def release(self, job: Job) -> None:
        """Hand a running job back to the queue (drain)."""
        ...

    async def get(self, job_id: JobId) -> Job | None: ...

    async def find_child(self, parent_id: JobId, action: Action, index: int) -> Sequence[Job]:
        """Children of that action and picture, oldest first."""
        ...

    async def children(self, job_id: JobId) -> Sequence[Job]: ...

    async def showing(self, tenant: str, keys: Sequence[str], limit: int) -> Sequence[Job]:
        """Jobs of a community that use one of the image keys, newest first."""
        ...

    async def history(
        self, tenant: str, user_id: str | None, *, limit: int, before: float | None = None
    ) -> Sequence[Job]:
        """Newest first."""
        ...

    async def queue_place(self, job_id: JobId) -> int | None:
        """How many queued jobs come before this one; None if it is not queued."""
        ...

    async def mark_once(self, key: str, lifetime: float) -> bool:
        """True for the first caller within `lifetime` seconds, in whichever process; for redelivered events."""
        ...

    async def usage(self, scopes: Sequence[str]) -> Sequence[Usage]: ...

    async def release_held(self, job_id: JobId, seconds: float) -> bool:
        """Queue a job whose pictures are held, to publish them; it gets so many seconds. False if nothing is held."""
        ...

    async def discard_held(self, job_id: JobId) -> bool:
        """Forget held pictures and note their objects for deletion. False if nothing is held."""
        ...

    async def mark_deleted(self, job_id: JobId) -> Sequence[str]:
        """Forget words, prompt, handle, steps; a bare line stays.

        Returns the keys of its objects, which are doomed from now on, but for those that another job uses.
        """
        ...

    async def erase_user(self, platform: str, user_id: str) -> Sequence[Job]:
        """Delete everything about a person except a tombstone; returns the jobs whose objects must go."""
        ...

    async def scrub(self) -> None:
        """Overwrite what was forgotten, as far as the database can; its log holds no copy afterwards."""
        ...

    async def export_user(self, platform: str, user_id: str) -> Mapping[str, Any]:
        """Everything about a person, as JSON-compatible values."""
        ...

    async def clear_traces(self, job_id: JobId, person: Requester) -> None:
        """What a job has left beside its row although its person, or their community, was erased meanwhile."""
        ...

    async def erase_tenant(self, tenant: str) -> Sequence[Job]:
        """Forget a community that has removed the bot; returns its jobs as they were. Harmless twice."""
        ...

    async def tenants(self) -> Sequence[str]:
        """All communities that ever asked for something."""
        ...

    async def expire(self, tenant: str, retention: Retention) -> int:
        """Forget what the community keeps no longer; returns the number of jobs that changed."""
        ...

    async def close_lost(self) -> int:
        """Close the attempts of processes that died long ago; they may have been billed. Returns how many."""
        ...

    async def prune(self) -> None:
        """Remove counters and marks whose time is over."""
        ...

    async def doomed(self, limit: int = 100, among: Sequence[str] | None = None) -> Sequence[str]:
        """Keys of forgotten jobs' objects that nobody has confirmed to be deleted, longest untried first.

        Those of the keys `among`, or all.
        """
        ...

    async def expect_objects(self, keys: Sequence[str], seconds: float) -> None:
        """Before objects are written: what no job uses after so many seconds is deleted."""
        ...

    async def drop_objects(self, keys: Sequence[str]) -> None:
        """Objects that have become of no use: to be deleted, but for those that a job uses."""
        ...

    async def note_copy(self, job_id: JobId, key: str) -> None:
        """An object that stands for a job's picture in messages; it goes with the job."""
        ...

    async def buried(self, keys: Sequence[str], stuck: Sequence[str] = ()) -> None:
        """The image store has deleted these objects, and not the `stuck` ones, which go behind the others."""
        ...

    async def unretracted(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Forgotten jobs whose message nobody has confirmed to be taken back, longest untried first."""
        ...

    async def leave_shown(self, job_id: JobId, message: Mapping[str, Any]) -> bool:
        """A message that has come after its job was deleted: to be taken back. False if the job is not deleted."""
        ...

    async def retracted(self, job: Job) -> None:
        """The messages that `job.message` names are gone, or beyond reach."""
        ...

    async def stale(self, platforms: Collection[str], limit: int = 100) -> Sequence[Job]:
        """Jobs whose messages say more than their rows since somebody was erased, longest untried first."""
        ...

    async def shown_anew(self, job_id: JobId, *, done: bool) -> None:
        """A stale job's messages say what its row says; or they could not be edited now."""
        ...

    async def not_retracted(self, job_id: JobId) -> None:
        """The message of a forgotten job could not be taken back now; it goes behind the others."""
        ...

    async def await_part(self, note: Awaited) -> bool:
        """Note that somebody wants to hear when a part works again; it takes the place of an earlier note of theirs there.

        False if the job was deleted; then nothing is noted.
        """
        ...

    async def awaited(self, platforms: Collection[str]) -> Sequence[tuple[Part, str]]:
        """What people of these platforms wait for now: each part with a model, "" for any."""
        ...

    async def waiting(
        self, platforms: Collection[str], part: Part, model: str, after: float = 0.0
    ) -> Sequence[Awaited]:
        """The next notes for a part that nobody is telling, made later than `after`, oldest first."""
        ...

    async def take_note(self, note: Awaited, seconds: float) -> bool:
        """Take a note to tell it within so many seconds; False if somebody else has it, or it is gone."""
        ...

    async def drop_note(self, note: Awaited) -> None:
        """It was told, or cannot be."""
        ...

    async def is_awaited(self, job_id: JobId) -> bool:
        """Whether somebody still waits for what made this job fail."""
        ...

    async def requests_since(self, since: float, model: str) -> Mapping[str, float]:
        """By result of paid requests, of all processes, when the newest one was begun; "" for any model."""
        ...

    async def probe(self) -> Health: ...

    async def aclose(self) -> None: ...


class PolicyStore(Protocol):
    """Versioned rules per tenant, and the audit trail."""

    async def policy(self, tenant: str) -> Policy:
        """The tenant's policy, the default if it has none. Cheap: answered from memory when fresh."""
        ...

    async def save(self, tenant: str, policy: Policy, *, actor: str, reason: str) -> Policy:
        """Store the next version; raises StorageError if `policy.version` is not the newest."""
        ...

    async def expire_audit(self, tenant: str, before: float) -> int:
        """Remove entries of the audit trail older than `before` (epoch seconds); returns how many."""
        ...

    async def audit(self, tenant: str, event: str, data: Mapping[str, Any]) -> None:
        """Append to the audit trail. `data` holds no raw words."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """Something to show while a job runs; may be dropped."""

    job_id: JobId
    stage: Stage
    queue_place: int | None = None
    preview: Partial | None = None


@runtime_checkable
class ShowsAnew(Protocol):
    """A chat adapter whose messages stay as they were sent until they are edited."""

    async def show_anew(self, job: Job) -> None:
        """Let the messages of a delivered job say no more than its row does. Raises DeliveryError."""
        ...


@runtime_checkable
class TellsOfReturn(Protocol):
    """A chat adapter that can tell somebody on its own account that a part works again."""

    async def tell_of_return(self, note: Awaited, job: Job | None) -> None:
        """Tell the person, where they asked or alone. `job` can be run again by a button; None: words only.

        Raises:
            DeliveryError: no door was open; `retryable` tells whether one may open later.
        """
        ...


class ChatAdapter(Protocol):
    """One chat platform."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None:
        """Connect and return once running; keeps reconnecting on its own."""
        ...

    async def stop_intake(self) -> None:
        """Take no new requests; running jobs can still be delivered."""
        ...

    async def aclose(self) -> None: ...

    async def progress(self, job: Job, progress: Progress) -> None: ...

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Show the end of a job by whatever door is open; safe to repeat.

        Returns where it is shown (JSON), for later edits and deletion.

        Raises:
            DeliveryError: no door was open.
        """
        ...

    async def fetch(self, reference: Reference) -> bytes:
        """Bytes of a file that a person attached, at most `images.limits.MAX_UPLOAD` of them.

        Raises:
            InvalidImage: too large, or the platform does not give it out.
        """
        ...

    async def retract(self, job: Job) -> None:
        """Remove the job's messages, as far as the platform lets us."""
        ...

    async def health(self) -> Health: ...

    async def examine(self) -> Sequence[Check]:
        """What `imagine-bot doctor` wants to know: token, scopes, permissions, links. Starts nothing."""
        ...

    def routes(self) -> "Sequence[BaseRoute]":
        """Routes for the HTTP plane; empty if the platform needs none."""
        ...


class ImageRouter(Protocol):
    """All providers behind one door: order, fallback, breakers, ledger."""

    def generate(
        self,
        job_id: JobId,
        task: ImageTask,
        deadline: Deadline,
        recovery: Recovery,
        *,
        model: str | None = None,
        filtered_hosts_only: bool = False,
        besides: str | None = None,
    ) -> AsyncGenerator[Partial | Produced | ProviderRefusal, None]:
        """As `ImageProvider.generate`, over every route that can serve the task.

        `besides` leaves a host out that has refused already; `model` narrows the routes to one that a person chose; `filtered_hosts_only` leaves out hosts whose profile
        says `own_check`.

        Raises:
            ProviderError: the most telling one when no route is left.
        """
        ...

    def profile(self, provider: str, model: str) -> ModelProfile | None:
        """Facts about a model that served before; None when it is configured no more."""
        ...

    def estimate(
        self, task: ImageTask, *, model: str | None = None, order: RouteOrder = RouteOrder.FIXED
    ) -> MicroUSD | None:
        """What the first route that can serve the task would cost, None if unknown."""
        ...

    def takes_lora(self, lora: LoraChoice) -> bool:
        """Whether any model of the route takes it; such models come first for tasks that have one."""
        ...

    async def outlook(self, model: str | None = None) -> Outlook:
        """Whether a request has a chance now, found out without paying; that of the best route."""
        ...


class Telemetry(Protocol):
    """Counters and timings of the public contract; labels come from closed sets only."""

    def request_ended(self, platform: str, outcome: str) -> None: ...

    def refused(self, decided_by: str, reason: str) -> None: ...

    def stage_took(self, stage: str, seconds: float) -> None: ...

    def acknowledged(self, platform: str, seconds: float) -> None: ...

    def jobs_in_flight(self, change: int) -> None: ...

    def jobs_recovered(self, count: int) -> None: ...

    def attempt_ended(
        self, provider: str, model: str, result: str, seconds: float, cost: MicroUSD | None
    ) -> None: ...

    def text_call_ended(self, use: str, result: str) -> None:
        """One request for words or scores; `use` is sanitizer, moderation, describer, second_opinion or
        provenance.
        """
        ...

    def stored(self, operation: str, result: str) -> None:
        """One operation on the image store."""
        ...

    def circuit(self, provider: str, *, is_open: bool) -> None: ...

    def sanitizer_said(self, kind: str) -> None:
        """One answer of the text model: verdict, or the kind of its silence (outage, garbage, refusal, leak, breaker)."""
        ...

    def picture_checked(self, check: str, says: str) -> None:
        """One look of one check at one picture; see `domain.moderation.Looked`."""
        ...

    def alert(self, kind: str, detail: str) -> None:
        """Something an operator has to act on; `kind` is from a closed set."""
        ...


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether somebody may ask at all, and whether a moderator has approved these words of theirs.

    Attributes:
        approved: Id of the case, to be used up once the request is accepted.
    """

    suspension: Suspension | None = None
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A job lies before the moderators. `granted`: a second look has let an appeal pass at once; ask again."""

    job: Job
    granted: bool = False


class Watch(Protocol):
    """The moderators' side of every request: it is asked before, and told what was decided and how it ended."""

    async def admission(self, person: Requester, words: str) -> Admission: ...

    async def use_approval(self, person: Requester, words: str) -> bool: ...

    async def judged(self, judged: Judged) -> None:
        """Keep a decision about words. A failure is logged; it changes no decision."""
        ...

    async def ended(self, job: Job, outcome: Outcome) -> None:
        """Strikes, cases, alerts, audit, once the end was told; again if a process dies right then. A failure is
        logged; the job ends all the same.
        """
        ...

    async def turned_away(self, person: Requester, refused: Refused) -> None:
        """A request was refused before it became a job."""
        ...

    async def turned_away_as(self, person: Requester, job_id: JobId) -> Job | None:
        """A request of theirs that was refused before it became a job, as one, while its words are kept."""
        ...

    async def reported(self, job: Job, reporter: Requester, text: str) -> Reported | Refused: ...


class SecondCheck(Protocol):
    """Another model's view, where the operator has one and moderators want it. Raises ProviderError.

    `safety_identifier` is the keyed hash of the person whose request it is about.
    """

    async def picture(
        self, data: bytes, media_type: MediaType, deadline: Deadline, safety_identifier: str
    ) -> float:
        """Probability that a picture must not be shown."""
        ...

    async def words(self, text: str, policy: Policy, deadline: Deadline, safety_identifier: str) -> float:
        """Probability that words violate the rules."""
        ...


class MarksReader(Protocol):
    """A maker's own check for the marks that it puts into its pictures. The file is sent there. Raises ProviderError."""

    async def read(self, data: bytes, media_type: MediaType, deadline: Deadline) -> Marks: ...


class Identities(Protocol):
    """Keyed hashes of people, for providers and the audit."""

    def safety_identifier(self, requester: Requester) -> str: ...
