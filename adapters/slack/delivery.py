"""The only writer to Slack: outcomes and words, by the first door that opens.

    doors      own placeholder (repeatable edit) -> response_url -> ephemeral post -> direct message
    pictures   see `ladder`

A late refusal is for the requester alone: the public placeholder goes, or becomes a line that tells others nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.again import again
from adapters.slack.copies import Copies
from adapters.slack.doors import Door, Doors
from adapters.slack.handle import Handle
from adapters.slack.ladder import Ladder
from adapters.slack.render import Message, Source, failure_message, picture_message, refusal_message
from adapters.slack.strays import NotLooked, Strays
from adapters.slack.web_api import LOST, Refusal, api
from adapters.slack.workspaces import NotInstalled
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import DecidedBy, Delivered, Failed, Outcome, RefusalReason, Refused
from bot.domain.policy import DeliveryMode, Presentation
from bot.ports import PolicyStore

log = structlog.get_logger(__name__)

_NOT_MEMBER: Final = frozenset(
    {"not_in_channel", "channel_not_found", "user_not_in_channel", "missing_scope", "restricted_action"}
)
_ROUNDS: Final = 3
_PAUSE: Final = 2.0
_NEUTRAL: Final = Refused(RefusalReason.OTHER, DecidedBy.GUARD)
"""A no that tells others nothing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Shows outcomes."""

    doors: Doors
    ladder: Ladder
    policies: PolicyStore
    copies: Copies
    strays: Strays

    async def client_for(self, team: str) -> AsyncWebClient:
        """The Web API client of a workspace. Raises NotInstalled."""
        return await self.doors.client_for(team)

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        """Returns where it is shown. Raises DeliveryError when no door was open."""
        handle = Handle.from_json(job.handle) if job.handle else _bare(job)
        return await self._by_a_door(job, outcome, handle, first=True)

    async def post(
        self, client: AsyncWebClient, channel: str, message: Message, thread: str | None = None
    ) -> Mapping[str, Any]:
        """A new message in a channel. Raises Refusal."""
        return await self.doors.post(client, channel, message, thread)

    async def respond(self, handle: Handle, message: Message | None, **flags: Any) -> None:
        """One use of a response_url. Raises Refusal."""
        await self.doors.respond(handle, message, **flags)

    async def whisper(self, handle: Handle, message: Message) -> Mapping[str, Any]:
        """A message that only the person sees. Raises Refusal."""
        return await self.doors.whisper(handle, message)

    async def tell(self, handle: Handle, message: Message, *, over: bool = False) -> bool:
        """Words for the person alone, by the first door that opens; none is no fault, but False.

        Where Slack only had a bad moment, all doors are tried again: words that come twice beat none.
        """
        try:
            await again(
                lambda: self._by_any_door(handle, message, over=over),
                self.doors.clock,
                tries=_ROUNDS,
                pause=_PAUSE,
            )
        except (Refusal, NotInstalled, *LOST):
            log.warning("person_not_told")
            return False
        return True

    async def _by_any_door(self, handle: Handle, message: Message, *, over: bool) -> None:
        """Raises what shut a door, best what may pass: Refusal, NotInstalled, OSError."""
        faults: list[Exception] = []
        for door in self.doors.alone(handle, over=over):
            try:
                await door.write(message)
                return
            except Refusal as refusal:
                log.info("door_closed", door=door.name, code=refusal.code)
                faults.append(refusal)
            except (NotInstalled, *LOST) as fault:
                log.info("door_closed", door=door.name, code=type(fault).__name__)
                faults.append(fault)
        raise max(faults, key=_may_pass)

    async def remove(self, handle: Handle) -> None:
        """The placeholder of a handle. Raises Refusal, NotInstalled, OSError."""
        client = await self.client_for(handle.team)
        await api(client.chat_delete(channel=handle.channel, ts=handle.placeholder or ""))

    async def take_back(self, handle: Handle) -> None:
        """Delete the first sign, which nothing might ever replace; of no consequence if it fails."""
        if not handle.placeholder:
            return
        try:
            await self.remove(handle)
        except (Refusal, NotInstalled, *LOST) as fault:
            log.info("placeholder_stays", fault=str(fault) or type(fault).__name__)

    async def unsay(self, handle: Handle) -> bool:
        """Take away what only the person sees, the first sign or the answer. False when Slack could not be asked now."""
        if not handle.private or handle.beside or not handle.response_url:
            return True
        try:
            await self.respond(handle, None, delete_original=True)
        except Refusal as refusal:
            log.info("not_unsaid", fault=refusal.code)
            return not refusal.passing
        except LOST as fault:
            log.info("not_unsaid", fault=type(fault).__name__)
            return False
        return True

    async def show_again(self, job: Job, outcome: Delivered, handle: Handle) -> None:
        """Show a finished job in another place. Raises DeliveryError."""
        await self.copies.add([job.job_id], await self._by_a_door(job, outcome, handle))

    async def share(self, job: Job, outcome: Delivered, handle: Handle) -> Mapping[str, Any]:
        """The public copy of a private preview: posted as a member, else through the click's response_url.

        One use of the response_url stays, to remove the preview.
        """
        try:
            return await self._down_the_ladder(
                job, outcome, handle, Door("post", self.doors.posting(handle)), private=False
            )
        except Refusal as refusal:
            if refusal.code not in _NOT_MEMBER:
                raise
        return await self._down_the_ladder(
            job, outcome, handle, Door("guest", self.doors.as_guest(handle)), private=False
        )

    async def _by_a_door(
        self, job: Job, outcome: Outcome, handle: Handle, *, first: bool = False
    ) -> Mapping[str, Any]:
        """`first`: nothing shows the job yet but its first sign."""
        try:
            await self.client_for(handle.team)
        except NotInstalled:
            raise DeliveryError("the app was removed from the workspace", retryable=False) from None
        if isinstance(outcome, Refused) and _seen_by_others(handle):
            return await self._refuse(job, outcome, handle)
        doors = self.doors.of(handle)
        for door in doors:
            found = await self._tried(door, job, outcome, handle, first=first)
            if found is not None:
                if door is not doors[0]:
                    await self.unsay(handle)  # else the first sign stands beside it for ever
                    await self.take_back(handle)
                return found
        raise DeliveryError("no door is open", retryable=True)

    async def _tried(
        self, door: Door, job: Job, outcome: Outcome, handle: Handle, *, first: bool = False
    ) -> Mapping[str, Any] | None:
        """Where it stands now, None where the door is shut. Raises DeliveryError where the next try finds it standing."""
        try:
            return await self._down_the_ladder(job, outcome, handle, door)
        except Refusal as refusal:
            log.info("door_closed", door=door.name, code=refusal.code)
            if door.repeatable and refusal.passing:
                raise DeliveryError("Slack had a bad moment", retryable=True) from None
        except (NotInstalled, *LOST) as fault:
            log.info("door_closed", door=door.name, code=type(fault).__name__)
            if door.repeatable:
                raise DeliveryError("no answer to an edit", retryable=True) from None
            if first and await self._stands_all_the_same(job, handle):
                raise DeliveryError("no answer to a post", retryable=True) from None
        return None

    async def _stands_all_the_same(self, job: Job, handle: Handle) -> bool:
        """Whether a post without an answer is in its thread, or could not be looked for now; the next try edits it there."""
        if handle.private or not handle.thread:
            return False
        try:
            since = job.request.created_at
            return bool(await self.strays.of(job.job_id, handle.team, handle.channel, handle.thread, since))
        except NotLooked:
            return True

    async def _refuse(self, job: Job, refused: Refused, handle: Handle) -> Mapping[str, Any]:
        """Told first, so that nothing is lost; then the public placeholder goes."""
        for door in self.doors.alone(handle):
            told = await self._tried(door, job, refused, handle)
            if told is not None:
                return await self._without_placeholder(job, handle, told)
        for door in self.doors.of(handle):
            found = await self._tried(door, job, _NEUTRAL, handle)
            if found is not None:
                return found
        raise DeliveryError("no door is open", retryable=True)

    async def _without_placeholder(
        self, job: Job, handle: Handle, told: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What stands afterwards: if the placeholder stays after all, it is a neutral line."""
        if not handle.placeholder:
            return told
        try:
            await self.remove(handle)
        except (Refusal, NotInstalled, *LOST) as fault:
            log.info("placeholder_stays", fault=str(fault) or type(fault).__name__)
            return await self._tried(self.doors.of(handle)[0], job, _NEUTRAL, handle) or told
        return told

    async def _down_the_ladder(
        self, job: Job, outcome: Outcome, handle: Handle, door: Door, *, private: bool | None = None
    ) -> Mapping[str, Any]:
        if isinstance(outcome, Refused):
            return await door.write(refusal_message(job, outcome))
        if isinstance(outcome, Failed):
            return await door.write(failure_message(job, outcome))
        alone = handle.private if private is None else private
        presentation, linked = await self._presentation(job.request.requester.tenant)

        def message(sources: Sequence[Source]) -> Message:
            return picture_message(
                job,
                outcome,
                sources,
                private=alone,
                cost=presentation.show_cost,
                version=(handle.version, handle.derived_from),
                linked=linked,
            )

        return await self.ladder.climb(door, message, [(job, outcome)], linked=linked, team=handle.team)

    async def show_anew(self, job: Job, outcome: Delivered, version: tuple[int, int]) -> None:
        """Edit the job's own message, with the pictures from where they were. Raises Refusal, NotInstalled, OSError."""
        tenant = job.request.requester.tenant
        presentation, linked = await self._presentation(tenant)
        files = job.message.get("files", ())
        if len(files) >= len(outcome.images):
            sources = [Source(file_id=name) for name in files[-len(outcome.images) :]]
        elif linked:
            sources = [Source(url=await self.ladder.picture_url(job, image)) for image in outcome.images]
        else:
            sources = [Source()] * len(outcome.images)
        client = await self.client_for(tenant)
        channel, ts = job.message["channel"], job.message["ts"]
        # What has to go are words. Slack refuses the whole edit where it does not get a picture, now and then a good one.
        for given in (sources, sources, [Source()] * len(outcome.images)):
            message = picture_message(
                job,
                outcome,
                given,
                private=False,
                cost=presentation.show_cost,
                version=version,
                linked=linked,
            )
            try:
                await self.doors.edit(client, channel, ts, message)
                return
            except Refusal as refusal:
                if not refusal.about_image or given is not sources:
                    raise
                log.info("picture_not_taken", code=refusal.code)

    async def show_versions(
        self,
        handle: Handle,
        shown: Sequence[tuple[Job, Delivered]],
        make: Callable[[Sequence[Source]], Message],
    ) -> None:
        """Several jobs' first pictures in one message of a thread, else for the person alone. Raises Refusal."""
        first = [(job, replace(outcome, images=outcome.images[:1])) for job, outcome in shown]
        _, linked = await self._presentation(handle.team)
        for door in self.doors.of(handle.but(placeholder=None)):
            try:
                stands = await self.ladder.climb(door, make, first, linked=linked, team=handle.team)
                await self.copies.add([job.job_id for job, _ in shown], stands)
                return
            except Refusal as refusal:
                log.info("door_closed", door=door.name, code=refusal.code)
        raise DeliveryError("no door is open", retryable=False)

    async def _presentation(self, tenant: str) -> tuple[Presentation, bool]:
        """The community's wishes, and whether its pictures are shown by their public address."""
        presentation = (await self.policies.policy(tenant)).presentation
        return presentation, presentation.delivery is DeliveryMode.CDN and self.ladder.images.public


def _bare(job: Job) -> Handle:
    """What is left to answer by when the handle cannot be read."""
    person = job.request.requester
    return Handle(person.tenant, person.user_id, person.channel_id, person.thread_id, private=True)


def _may_pass(fault: Exception) -> bool:
    return fault.passing if isinstance(fault, Refusal) else not isinstance(fault, NotInstalled)


def _seen_by_others(handle: Handle) -> bool:
    return not handle.private and not handle.channel.startswith("D")
