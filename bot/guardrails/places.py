"""Which rules apply here, to this person: the community's, a channel's over them, a role's over those."""

import dataclasses
from typing import Final

from bot.domain.policy import Override, Policy
from bot.domain.requests import Requester
from bot.guardrails.remembered import ByIdentity
from bot.guardrails.rulebook import BY_KEY

_mentioned: Final = ByIdentity[frozenset[str]](1024)
_applied: Final = ByIdentity[dict[tuple[frozenset[str], frozenset[str]], Policy]](1024)
_MOST_PLACES: Final = 256
"""Of one policy; they are made anew then."""


def rules_for(policy: Policy, person: Requester) -> Policy:
    """The policy as it applies to one person in one place. Of several roles the one named last wins.

    Persons and places that nothing sets apart get the policy itself, and those that are alike get the same object.
    """
    mentioned = _mentioned.get(policy)
    if mentioned is None:
        mentioned = _mentioned.put(_places_of(policy), policy)
    places = mentioned.intersection(filter(None, (person.channel_id, person.thread_id)))
    roles = mentioned & person.roles
    if not places and not roles:
        return policy
    known = _applied.get(policy)
    if known is None or len(known) >= _MOST_PLACES:
        known = _applied.put({}, policy)
    if (places, roles) not in known:
        known[places, roles] = _applied_to(policy, places, roles)
    return known[places, roles]


def _places_of(policy: Policy) -> frozenset[str]:
    """Ids of all channels and roles for which something differs."""
    own = {override.place_id for override in policy.overrides}
    return frozenset(own).union(*(rule.exempt for rule in policy.content.imported_rules))


def _applied_to(policy: Policy, places: frozenset[str], roles: frozenset[str]) -> Policy:
    for kind, mine in (("channel", places), ("role", roles)):
        for override in policy.overrides:
            if override.place == kind and override.place_id in mine:
                policy = _with(policy, override)
    return _without_exempt(policy, places | roles)


def _without_exempt(policy: Policy, mine: frozenset[str]) -> Policy:
    """Imported rules do not count where, and for whom, they say so."""
    if not any(rule.exempt & mine for rule in policy.content.imported_rules):
        return policy
    rules = tuple(rule for rule in policy.content.imported_rules if not rule.exempt & mine)
    return dataclasses.replace(policy, content=dataclasses.replace(policy.content, imported_rules=rules))


def _with(policy: Policy, override: Override) -> Policy:
    for key, text in override.values:
        setting = BY_KEY.get(key)
        if setting is not None:
            policy = setting.put(policy, setting.read(text))
    return policy
