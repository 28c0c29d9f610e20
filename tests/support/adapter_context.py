"""What the composition root hands to a chat adapter."""

from pathlib import Path

from bot.adapter_api import AdapterContext
from tests.support.rig import Rig


def context_of(rig: Rig, folder: Path) -> AdapterContext:
    """The rig as an adapter gets it, without the moderators' desk."""
    return AdapterContext(
        studio=rig.studio,
        images=rig.parts.images,
        policies=rig.store.policies,
        secrets=rig.store.secrets,
        telemetry=rig.observed,
        clock=rig.parts.clock,
        data_dir=folder,
        base_url="http://127.0.0.1",
        loopback=True,
        playground_token=None,
        offline=False,
    )
