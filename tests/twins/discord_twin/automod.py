"""AutoMod rules as Discord keeps and answers them, within its limits. The OpenAPI document checks their form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tests.twins.discord_twin.hub import Hub
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.snowflakes import snowflake
from tests.twins.discord_twin.world import Channel, Guild, Role

BLOCK: Final = 1
ALERT: Final = 2
PROFANITY, SEXUAL_CONTENT, SLURS = 1, 2, 3
_MOST: Final = {1: 6, 3: 1, 4: 1, 5: 1, 6: 1}
"""Rules of each trigger type that a server may have."""


def add_rule(
    guild: Guild,
    *,
    trigger: int = 1,
    keywords: Sequence[str] = (),
    regexes: Sequence[str] = (),
    allowed: Sequence[str] = (),
    presets: Iterable[int] = (),
    exempt_roles: Iterable[Role] = (),
    exempt_channels: Iterable[Channel] = (),
    name: str = "Blocked words",
    enabled: bool = True,
    action: int = BLOCK,
) -> dict[str, Any]:
    """One more rule of a server. Trigger types: 1 keywords, 3 spam, 4 Discord's lists."""
    assert sum(rule["trigger_type"] == trigger for rule in guild.automod_rules) < _MOST[trigger]
    assert len(keywords) <= 1000
    assert all(len(word) <= 60 for word in (*keywords, *allowed))
    assert len(regexes) <= 10
    assert all(len(regex) <= 260 for regex in regexes)
    assert len(allowed) <= (100 if trigger == 1 else 1000)
    kinds: dict[int, dict[str, Any]] = {
        1: {"keyword_filter": [*keywords], "regex_patterns": [*regexes], "allow_list": [*allowed]},
        3: {},
        4: {"presets": [*presets], "allow_list": [*allowed]},
    }
    channel = str(guild.channels[0].id)
    rule = {
        "id": str(snowflake()),
        "guild_id": str(guild.id),
        "creator_id": str(guild.owner.id),
        "name": name,
        "event_type": 1,
        "trigger_type": trigger,
        "trigger_metadata": kinds[trigger],
        "actions": [{"type": action, "metadata": {"channel_id": channel} if action == ALERT else {}}],
        "enabled": enabled,
        "exempt_roles": [str(role.id) for role in exempt_roles],
        "exempt_channels": [str(channel.id) for channel in exempt_channels],
    }
    guild.automod_rules.append(rule)
    return rule


async def told(hub: Hub, guild: Guild, event: str, rule: Mapping[str, Any]) -> int:
    """Dispatch AUTO_MODERATION_RULE_CREATE, _UPDATE or _DELETE; how many sessions heard of it.

    "All Auto Moderation related events are only sent to bot users which have the MANAGE_GUILD permission", and only
    with the intent, which the gateway looks at.
    """
    kept = any(one["id"] == rule["id"] for one in guild.automod_rules)
    assert kept is (event != "DELETE"), (
        "a rule is there after it was made or changed, and gone after it was deleted"
    )
    if Permission.MANAGE_GUILD not in guild.permissions_of(hub.bot):
        return 0
    return await hub.tell(f"AUTO_MODERATION_RULE_{event}", rule, guild)
