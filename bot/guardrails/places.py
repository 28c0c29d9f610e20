"""Which rules apply here, to this person: the community's, a channel's over them, a role's over those."""

import dataclasses
from functools import lru_cache

from bot.domain.policy import Override, Policy
from bot.domain.requests import Requester
from bot.guardrails.rulebook import BY_KEY


def rules_for(policy: Policy, person: Requester) -> Policy:
    """The policy as it applies to one person in one place. Of several roles the one named last wins."""
    if not policy.overrides and not any(rule.exempt for rule in policy.content.imported_rules):
        return policy
    places = frozenset(filter(None, (person.channel_id, person.thread_id)))
    return _applied(policy, places, person.roles)


@lru_cache(maxsize=1024)
def _applied(policy: Policy, places: frozenset[str], roles: frozenset[str]) -> Policy:
    for kind, mine in (("channel", places), ("role", roles)):
        for override in policy.overrides:
            if override.place == kind and override.place_id in mine:
                policy = _with(policy, override)
    return _without_exempt(policy, places | roles)


def _without_exempt(policy: Policy, mine: frozenset[str]) -> Policy:
    """Imported rules do not count where, and for whom, they say so."""
    rules = tuple(rule for rule in policy.content.imported_rules if not rule.exempt & mine)
    return dataclasses.replace(policy, content=dataclasses.replace(policy.content, imported_rules=rules))


def _with(policy: Policy, override: Override) -> Policy:
    for key, text in override.values:
        setting = BY_KEY.get(key)
        if setting is not None:
            policy = setting.put(policy, setting.read(text))
    return policy
