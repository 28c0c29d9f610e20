"""Words for somebody's picture: looked at by the text model, under the community's rules, drawn by nobody yet."""

import dataclasses
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.clock import Deadline
from bot.domain.errors import InvalidImage, NoVerdict, ProviderError
from bot.domain.images import MediaType
from bot.domain.outcomes import DecidedBy, Failed, FailureClass, RefusalReason, Refused
from bot.domain.requests import ImagineRequest, RawWords, Reference, ReferenceRole, Requester
from bot.domain.verdict import Decision
from bot.guardrails.access import check_access
from bot.guardrails.compiled import ready
from bot.guardrails.places import rules_for
from bot.guardrails.words import check_words
from bot.images.inspect import inspect_upload
from bot.images.previews import copy_to_check
from bot.pipeline.admit import suspended
from bot.pipeline.run import Parts
from bot.pipeline.uploads import check_upload
from bot.ports import Describer

log = structlog.get_logger(__name__)

PAUSE: Final = 5.0
"""Seconds between two descriptions for one person."""
_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Describing:
    """`describer` is None when no text model is configured."""

    parts: Parts
    describer: Describer | None

    async def refusal(self, requester: Requester, key: str) -> Refused | None:
        """The community's rules and the pause, before anything is fetched. Redeliveries of `key` are the caller's.

        Who may not ask for pictures has none described either: text models hear of them as well.
        """
        policy = rules_for(await self.parts.policies.policy(requester.tenant), requester)
        admission = await self.parts.watch.admission(requester, "")
        if admission.suspension is not None:
            return suspended(admission.suspension, self.parts.clock.now())
        if refused := check_access(ImagineRequest(key, requester, RawWords("")), policy):
            return refused
        person = f"describe:{self.parts.identities.safety_identifier(requester)}"
        if not await self.parts.jobs.mark_once(person, PAUSE):
            return Refused(RefusalReason.COOLDOWN, DecidedBy.LIMITS, wait=PAUSE)
        return None

    async def describe(self, file: str, requester: Requester) -> str | Refused | Failed:
        """A caption of a file that lies with the chat platform, fit to be a prompt.

        The caption passes the same word checks as a person's words: a picture of writing must not become a way
        around the block list.
        """
        if self.describer is None:
            return Failed(FailureClass.UNSUPPORTED)
        deadline = Deadline(self.parts.clock.now() + _SECONDS)
        policy = rules_for(await self.parts.policies.policy(requester.tenant), requester)
        try:
            fetched = await self.parts.adapters[requester.platform].fetch(Reference(file, ReferenceRole.EDIT))
            upload = await inspect_upload(fetched)
            small = await copy_to_check(upload.data)
            if no := await check_upload(
                self.parts.moderator, policy.content, small, MediaType.JPEG, deadline
            ):
                # Nobody keeps a record of what is only looked at, so there is nothing to appeal or to count.
                return (
                    dataclasses.replace(no, appealable=False, strike=False) if isinstance(no, Refused) else no
                )
            who = self.parts.identities.safety_identifier(requester)
            caption = await self.describer.describe(small, MediaType.JPEG, requester.locale, deadline, who)
        except InvalidImage as problem:
            log.info("description_unreadable", problem=problem.problem)
            return Refused(RefusalReason.UNREADABLE, DecidedBy.GUARD)
        except (NoVerdict, ProviderError) as fault:
            log.warning("description_failed", fault=type(fault).__name__, detail=str(fault))
            return Failed(FailureClass.BUSY)
        await ready(policy.content)
        if refused := check_words(caption, policy.content):
            return refused
        if self.parts.rules.judge(caption).decision is Decision.REJECT:
            return Refused(RefusalReason.OTHER, DecidedBy.POST_CHECK)
        return caption
