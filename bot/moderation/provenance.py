"""Is this picture ours, and what does its file say about where it comes from? For moderators.

Known are the exact bytes that were made here, and the previews of them. No signature is checked and no pixels are
compared, so "not found" says nothing about who made a picture.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.outcomes import Delivered
from bot.domain.requests import JobId, Requester
from bot.images.credentials import carries_credentials
from bot.images.inspect import MAX_UPLOAD
from bot.images.media_types import media_type_of
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.ports import Rules
from bot.ports import ImageStore, JobStore

_MOST: Final = 5
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
    """

    sha256: str
    made: tuple[Made, ...]
    credentials: bool | None


@dataclass(frozen=True, slots=True)
class ProvenanceDesk:
    """Looks up this community's own jobs only. Raises StorageError."""

    rules: Rules
    jobs: JobStore
    images: ImageStore

    async def file(self, actor: Requester, data: bytes) -> Verified | Problem:
        """A file that somebody brings, of at most `MAX_UPLOAD` bytes."""
        if problem := await self._denied(actor):
            return problem
        if len(data) > MAX_UPLOAD or media_type_of(data) is None:
            return Problem(No.NOT_A_PICTURE)
        sha256, credentials = await asyncio.to_thread(_read, data)
        return Verified(sha256, await self._made(actor, sha256), credentials)

    async def named(self, actor: Requester, text: str) -> Sequence[Verified] | Problem:
        """The pictures of a request by its number, or one by its SHA-256 or by a link that holds it."""
        if problem := await self._denied(actor):
            return problem
        word = text.strip().lower()
        if found := _SHA256.search(word):
            made = await self._made(actor, found[1])
            return [Verified(found[1], made, await self._credentials(made, found[1]))]
        job = await self.jobs.get(JobId(word[:64])) if word else None
        if job is None or job.request.requester.tenant != actor.tenant or job.steps.pictures is None:
            return Problem(No.UNKNOWN_PICTURE)
        made = (_made(job, preview=False),)
        shas = [image.sha256 for image in job.steps.pictures.images]
        return [Verified(sha256, made, await self._credentials(made, sha256)) for sha256 in shas]

    async def _made(self, actor: Requester, sha256: str) -> tuple[Made, ...]:
        found = await self.jobs.showing(actor.tenant, keys_of(sha256), _MOST)
        places = ((job, _place_of(job, sha256)) for job in found)
        return tuple(_made(job, preview=place == "preview") for job, place in places if place)

    async def _credentials(self, made: Sequence[Made], sha256: str) -> bool | None:
        """Of the kept original; None when it is not ours, or gone."""
        for one in made:
            job = await self.jobs.get(one.job_id)
            pictures = job.steps.pictures.images if job and job.steps.pictures else ()
            for image in pictures:
                if image.sha256 == sha256:
                    data = await self.images.read(image.key)
                    return await asyncio.to_thread(carries_credentials, data)
        return None

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
