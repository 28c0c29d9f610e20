"""The real discord.py before the Discord twin, in this process, with the whole core behind it."""

import dataclasses
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.settings import DiscordSettings
from bot.domain.policy import Limits, Policy
from tests.support.adapter_context import context_of
from tests.support.rig import Rig
from tests.twins.discord_twin import DiscordTwin

FREE = Policy(limits=Limits(0, 0, per_tenant_day=0, concurrent_per_user=0, budget_day=0, budget_month=0))


@dataclass
class Room:
    discord: DiscordTwin
    adapter: DiscordAdapter
    rig: Rig
    logs: list[MutableMapping[str, Any]]

    @property
    def tenant(self) -> str:
        return f"discord:{self.discord.home.id}"

    @property
    def faults(self) -> list[MutableMapping[str, Any]]:
        """What only the last net has caught."""
        return [entry for entry in self.logs if entry["event"] == "handler_failed"]


@asynccontextmanager
async def open_room(
    folder: Path, *, discord: DiscordTwin | None = None, policies: Mapping[str, Policy] | None = None
) -> AsyncIterator[Room]:
    """Connected by the gateway; `policies` are the rules that communities had before."""
    with capture_logs() as logs:
        async with discord or DiscordTwin() as twin, Rig(folder, policy=FREE) as rig:
            for tenant, policy in (policies or {}).items():
                await rig.store.policies.save(tenant, policy, actor="a test", reason="a test")
            with twin.library():
                adapter = DiscordAdapter(
                    dataclasses.replace(context_of(rig, folder), desk=rig.desk), _settings(twin)
                )
                rig.parts.adapters["discord"] = adapter  # type: ignore[index]
                try:
                    await adapter.start()
                    yield Room(twin, adapter, rig, logs)
                finally:
                    await adapter.stop_intake()
                    await adapter.aclose()


def _settings(discord: DiscordTwin) -> DiscordSettings:
    return DiscordSettings.model_validate(
        {"discord_token": discord.token, "discord_api_base_url": discord.api_base}
    )
