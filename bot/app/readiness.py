"""Whether requests can be taken and finished: what `/readyz` tells of every part."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.ports import ChatAdapter, Health, ImageStore
from bot.providers.router import Router
from bot.store import Store
from bot.telemetry.probes import probed


async def readiness_of(
    store: Store, images: ImageStore, adapters: Mapping[str, ChatAdapter], router: Router
) -> Mapping[str, Any]:
    """State of every part, all asked at once, and "ready": whether they are enough."""
    database, pictures = await asyncio.gather(probed(store.probe()), probed(images.probe()))
    healths = await asyncio.gather(*(probed(adapter.health()) for adapter in adapters.values()))
    providers = router.status()
    drawing = any(entry["state"] != "down" for entry in providers.values())
    return {
        "ready": database.ok and pictures.ok and drawing,
        "database": _as_json(database),
        "store": _as_json(pictures),
        "providers": providers,
        "adapters": {name: _as_json(health) for name, health in zip(adapters, healths, strict=True)},
    }


def _as_json(health: Health) -> Mapping[str, Any]:
    return {"ok": health.ok, "state": "up" if health.ok else "down", "detail": health.detail}
