"""Policies to start from. A community without one of its own has "Balanced community"."""

import dataclasses
from typing import Final

from bot.domain.policy import (
    Access,
    Content,
    Limits,
    OnUnsafePicture,
    Policy,
    Presentation,
    Recovery,
    Strictness,
)

BALANCED_COMMUNITY: Final = Policy()

STRICT_SCHOOL: Final = Policy(
    access=Access(max_count=2, max_quality="medium", others_may_press=False),
    limits=Limits(
        per_user_day=10, per_user_hour=5, concurrent_per_user=1, cooldown_seconds=20.0, budget_day=5_000_000
    ),
    content=Content(
        strictness=Strictness.STRICT,
        rating="G",
        real_people="reject",
        characters="reject",
        on_unsafe_picture=OnUnsafePicture.HOLD,
    ),
    recovery=Recovery(auto_reword=False),
)

TEAM_WORKSPACE: Final = Policy(
    limits=Limits(per_user_day=100, per_user_hour=40, concurrent_per_user=5, budget_month=500_000_000),
    content=Content(strictness=Strictness.BALANCED, characters="generic"),
    presentation=Presentation(show_cost=True),
)

OWN_MACHINE: Final = dataclasses.replace(
    BALANCED_COMMUNITY,
    limits=Limits(
        per_user_day=0,
        per_user_hour=0,
        per_tenant_day=0,
        concurrent_per_user=0,
        budget_day=0,
        budget_month=0,
    ),
)
"""The playground and the command line: nobody needs a quota against themselves."""

PRESETS: Final[dict[str, Policy]] = {
    "strict_school": STRICT_SCHOOL,
    "balanced_community": BALANCED_COMMUNITY,
    "team_workspace": TEAM_WORKSPACE,
}


def default_policy(tenant: str) -> Policy:
    """The policy of a community that has set none."""
    if tenant in {"playground", "cli"}:
        return OWN_MACHINE
    return TEAM_WORKSPACE if tenant.startswith("slack:") else BALANCED_COMMUNITY
