"""Words for somebody's picture: looked at by the text model, under the community's rules, drawn by nobody yet."""

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
from bot.guardrails.thresholds import Level, level_of, reason_of
from bot.guardrails.words import check_words
from bot.images.inspect import inspect_upload
from bot.images.previews import copy_to_check
from bot.pipeline.run import Parts
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
        """The community's rules and the pause, before anything is fetched. Redeliveries of `key` are the caller's."""
        policy = rules_for(await self.parts.policies.policy(requester.tenant), requester)
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
            if self.parts.moderator is not None:
                scores = await self.parts.moderator.score_image(small, MediaType.JPEG, deadline)
                level, category = level_of(scores, policy.content)
                if level is Level.HIGH:
                    return Refused(reason_of(category), DecidedBy.MODERATION)
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
