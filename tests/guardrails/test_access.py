from typing import Any

import pytest

from bot.domain.outcomes import RefusalReason
from bot.domain.policy import Access, Policy
from bot.domain.requests import Options, Quality
from bot.guardrails.access import check_access
from tests.support.make import request, requester


def refused(access: Access, **changes: Any) -> RefusalReason | None:
    found = check_access(request(**changes), Policy(access=access))
    return found.reason if found else None


def test_everybody_may_ask_by_default() -> None:
    assert refused(Access()) is None


@pytest.mark.parametrize(
    ("access", "changes", "reason"),
    [
        (Access(enabled=False), {}, RefusalReason.DISABLED),
        (Access(channels=frozenset({"8"})), {}, RefusalReason.CHANNEL),
        (Access(denied_channels=frozenset({"7"})), {}, RefusalReason.CHANNEL),
        (Access(roles=frozenset({"vip"})), {}, RefusalReason.ROLE),
        (Access(max_count=2), {"options": Options(count=3)}, RefusalReason.OPTION_NOT_ALLOWED),
        (
            Access(max_quality="low"),
            {"options": Options(quality=Quality.HIGH)},
            RefusalReason.OPTION_NOT_ALLOWED,
        ),
        (Access(models=frozenset({"a"})), {"options": Options(model="b")}, RefusalReason.MODEL_NOT_ALLOWED),
    ],
)
def test_each_rule_has_its_own_reason(
    access: Access, changes: dict[str, object], reason: RefusalReason
) -> None:
    assert refused(access, **changes) is reason


@pytest.mark.parametrize(
    ("access", "changes"),
    [
        (Access(channels=frozenset({"7"})), {}),
        (Access(channels=frozenset({"9"})), {"requester": requester(thread_id="9")}),
        (Access(roles=frozenset({"vip"})), {"requester": requester(roles=frozenset({"vip"}))}),
        (Access(roles=frozenset({"vip"})), {"requester": requester(moderator=True)}),
        (
            Access(roles=frozenset({"vip"}), exempt_roles=frozenset({"staff"})),
            {"requester": requester(roles=frozenset({"staff"}))},
        ),
        (Access(max_quality="low"), {"options": Options(quality=Quality.AUTO)}),
        (Access(models=frozenset({"a"})), {"options": Options(model="a")}),
    ],
)
def test_what_the_rules_allow(access: Access, changes: dict[str, object]) -> None:
    assert refused(access, **changes) is None


def test_a_thread_of_a_denied_channel_is_denied() -> None:
    assert (
        refused(Access(denied_channels=frozenset({"7"})), requester=requester(thread_id="9"))
        is RefusalReason.CHANNEL
    )
