"""Is this picture ours, and what does its file say about where it comes from? For moderators.

Known are the exact bytes that were made here, and the previews of them. Here no signature is checked and no pixels are
compared. Where the operator allows it, the file is also sent to a maker's own check for its marks. In neither case does
"not found" say anything about who made a picture.
"""

import asyncio
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import ProviderError
from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.domain.provenance import Marks
from bot.domain.requests import JobId, Requester
from bot.images.credentials import carries_credentials
from bot.images.inspect import MAX_UPLOAD
from bot.images.media_types import media_type_of
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.ports import Rules
from bot.ports import Clock, Identities, ImageStore, JobStore, MarksReader

log = structlog.get_logger(__name__)

_MOST: Final = 5
_SECONDS: Final = 15.0
_SHA256: Final = re.compile(r"(?:^|[^0-9a-f])([0-9a-f]{64})(?:[^0-9a-f]|$)")


@dataclass(frozen=True, slots=True)
class Made:
    """A request of this community that made a picture. `preview`: the bytes are the smaller preview of it."""

    job_id: JobId
    at: float
    provider: str
    model: str
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known about one file.

    Attributes:
        sha256: Of the file's bytes.
        made: Requests that made it, newest first; empty when it is not known here.
        credentials: The file carries Content Credentials; None when its bytes are not at hand.
        sent: The file was sent to the maker's own check.
        marks: What that said; None when it gave no answer or was not asked.
    """

    sha256: str
    made: tuple[Made, ...]
    credentials: bool | None
    sent: bool = False
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class ProvenanceDesk:
    """Looks up this community's own jobs only. Raises StorageError."""

    rules: Rules
    jobs: JobStore
    images: ImageStore
    clock: Clock
    identities: Identities
    reader: MarksReader | None = None

    async def file(self, actor: Requester, data: bytes) -> Verified | Problem:
        """A file that somebody brings, of at most `MAX_UPLOAD` bytes."""
        if problem := await self._denied(actor):
            return problem
        kind = media_type_of(data)
        if len(data) > MAX_UPLOAD or kind is None:
            return Problem(No.NOT_A_PICTURE)
        sha256, credentials = await asyncio.to_thread(_read, data)
        found = Verified(sha256, await self._made(actor, sha256), credentials)
        return await self._asked(actor, found, data, kind)

    async def named(self, actor: Requester, text: str) -> Sequence[Verified] | Problem:
        """The pictures of a request by its number, or one by its SHA-256 or by a link that holds it."""
        if problem := await self._denied(actor):
            return problem
        word = text.strip().lower()
        if digest := _SHA256.search(word):
            made = await self._made(actor, digest[1])
            return [await self._kept(actor, made, digest[1])]
        job = await self.jobs.get(JobId(word[:64])) if word else None
        if job is None or job.request.requester.tenant != actor.tenant or job.steps.pictures is None:
            return Problem(No.UNKNOWN_PICTURE)
        made = (_made(job, preview=False),)
        shas = [image.sha256 for image in job.steps.pictures.images]
        return [await self._kept(actor, made, sha256) for sha256 in shas]

    async def _kept(self, actor: Requester, made: tuple[Made, ...], sha256: str) -> Verified:
        """By the kept original; its bytes are not at hand when it is not ours, or gone."""
        for one in made:
            job = await self.jobs.get(one.job_id)
            pictures = job.steps.pictures.images if job and job.steps.pictures else ()
            for image in pictures:
                if image.sha256 == sha256:
                    data = await self.images.read(image.key)
                    carries = await asyncio.to_thread(carries_credentials, data)
                    found = Verified(sha256, made, carries)
                    shown = job is not None and isinstance(job.outcome, Delivered)
                    # What was never shown to anybody is shown to no service either.
                    return await self._asked(actor, found, data, image.media_type) if shown else found
        return Verified(sha256, made, None)

    async def _asked(self, actor: Requester, found: Verified, data: bytes, kind: MediaType) -> Verified:
        """With what the maker's own check says, where it may be asked. Sending a file is written down first."""
        if self.reader is None:
            return found
        await self.rules.audit(
            actor.tenant,
            "sent_to_provenance",
            {"by": self.identities.safety_identifier(actor), "sha256": found.sha256},
        )
        try:
            marks = await self.reader.read(data, kind, Deadline(self.clock.now() + _SECONDS))
        except ProviderError as fault:
            log.warning("provenance_unanswered", fault=type(fault).__name__, detail=fault.detail)
            return dataclasses.replace(found, sent=True)
        return dataclasses.replace(found, sent=True, marks=marks)

    async def _made(self, actor: Requester, sha256: str) -> tuple[Made, ...]:
        found = await self.jobs.showing(actor.tenant, keys_of(sha256), _MOST)
        places = ((job, _place_of(job, sha256)) for job in found)
        return tuple(_made(job, preview=place == "preview") for job, place in places if place)

    async def _denied(self, actor: Requester) -> Problem | None:
        policy = await self.rules.policy(actor.tenant)
        return None if may_moderate(actor, policy) else Problem(No.NOT_A_MODERATOR)


def keys_of(sha256: str) -> tuple[str, ...]:
    """Every key that a picture's bytes may lie under; a test holds them against the store's own."""
    return tuple(
        f"{prefix}{sha256[:2]}/{sha256}.{kind.extension}" for prefix in ("i/", "held/") for kind in MediaType
    )


def _read(data: bytes) -> tuple[str, bool]:
    return hashlib.sha256(data).hexdigest(), carries_credentials(data)


def _made(job: Job, *, preview: bool) -> Made:
    pictures = job.steps.pictures
    return Made(
        job.job_id,
        job.created_at,
        pictures.provider if pictures else "",
        pictures.model if pictures else "",
        preview,
    )


def _place_of(job: Job, sha256: str) -> str:
    """Whether the bytes are the job's "original" or "preview"; "" for a picture that it only drew from."""
    if job.steps.pictures and any(image.sha256 == sha256 for image in job.steps.pictures.images):
        return "original"
    shown = job.outcome.images if isinstance(job.outcome, Delivered) else ()
    return "preview" if any(sha256 in image.preview_key for image in shown) else ""
