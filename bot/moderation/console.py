"""The way from chat to the console's page: a link that works once, then a session bound to one community.

Secrets are 256 random bits; the store keeps only keyed hashes of them. A session holds the moderator as chat knew
them when the link was handed out, and a token that every form has to send back. What they may do is asked of the chat
again and again: who is no moderator any more is out within half a minute.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain.requests import Requester
from bot.moderation.answers import No, Problem, may_moderate
from bot.moderation.ports import DeskStore, Rules
from bot.moderation.rights import RightsDesk
from bot.ports import Clock, Identities

LINK_SECONDS: Final = 300.0
SESSION_SECONDS: Final = 1800.0
PATH: Final = "/console/enter"
"""Path of the page that redeems a link; the secret is in the fragment-free query `?link=`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link for one moderator's eyes. `expires_at` is seconds since the epoch."""

    url: str
    secret: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Session:
    """Who is at the console. `actor.tenant` is the only community that this session can see.

    Attributes:
        secret: For an HttpOnly, SameSite=Strict cookie.
        csrf: For every form and every unsafe request's header; compare with `csrf_matches`.
        area: What the link was asked for, as a fragment of the page such as "queue/<case>"; "" for none in particular.
    """

    secret: str
    actor: Requester
    csrf: str
    expires_at: float
    area: str = ""

    def csrf_matches(self, token: str) -> bool:
        return hmac.compare_digest(self.csrf.encode(), token.encode())


@dataclass(frozen=True, slots=True)
class ConsoleDoor:
    store: DeskStore
    rules: Rules
    clock: Clock
    base_url: str
    rights: RightsDesk
    identities: Identities

    async def mint(self, actor: Requester, area: str = "") -> Link | Problem:
        """A link for this moderator and this community; `url` belongs into a private message. `area`: see Session."""
        if not may_moderate(actor, await self.rules.policy(actor.tenant)):
            return Problem(No.NOT_A_MODERATOR)
        secret = secrets.token_urlsafe(32)
        expires_at = self.clock.now() + LINK_SECONDS
        document = {**_person(actor), "area": area}
        await self.store.issue("console_link", secret, actor.tenant, document, expires_at)
        await self.rules.audit(actor.tenant, "console_link", {"by": self._who(actor)})
        return Link(f"{self.base_url.rstrip('/')}{PATH}?link={secret}", secret, expires_at)

    async def redeem(self, secret: str) -> Session | Problem:
        """A session for a link, once; a used, expired or unknown one gets the same answer, and so does a link of
        somebody who is no moderator any more.
        """
        now = self.clock.now()
        document = await self.store.redeem("console_link", secret, now)
        actor = None if document is None else await self._moderator(_requester(document))
        if document is None or actor is None:
            return Problem(No.LINK_USED)
        expires_at = now + SESSION_SECONDS
        area = str(document.get("area", ""))
        session = Session(secrets.token_urlsafe(32), actor, secrets.token_urlsafe(32), expires_at, area)
        await self.store.issue(
            "console_session",
            session.secret,
            actor.tenant,
            {**_person(actor), "csrf": session.csrf, "expires_at": expires_at},
            expires_at,
        )
        await self.rules.audit(actor.tenant, "console_entered", {"by": self._who(actor)})
        return session

    async def session(self, secret: str) -> Session | None:
        """The session of a cookie; None when it is over, unknown, or its person may not moderate any more."""
        document = await self.store.look("console_session", secret, self.clock.now())
        if document is None:
            return None
        actor = await self._moderator(_requester(document))
        if actor is None:
            return None
        return Session(secret, actor, str(document["csrf"]), float(document["expires_at"]))

    async def leave(self, secret: str) -> None:
        await self.store.revoke("console_session", secret)

    async def _moderator(self, actor: Requester) -> Requester | None:
        """The person with the rights that they have now; None if these are none, or cannot be known."""
        rights = await self.rights.of(actor)
        if rights is None:
            return None
        now = replace(actor, moderator=rights.moderator, roles=rights.roles)
        return now if may_moderate(now, await self.rules.policy(actor.tenant)) else None

    def _who(self, actor: Requester) -> str:
        return self.identities.safety_identifier(actor)


def _person(actor: Requester) -> dict[str, Any]:
    return {
        "platform": actor.platform,
        "tenant": actor.tenant,
        "user_id": actor.user_id,
        "channel_id": actor.channel_id,
        "display_name": actor.display_name,
        "roles": sorted(actor.roles),
        "moderator": actor.moderator,
        "locale": actor.locale,
    }


def _requester(document: Mapping[str, Any]) -> Requester:
    return Requester(
        platform=document["platform"],
        tenant=document["tenant"],
        user_id=document["user_id"],
        channel_id=document["channel_id"],
        display_name=document["display_name"],
        roles=frozenset(document["roles"]),
        moderator=bool(document["moderator"]),
        locale=document["locale"],
    )
