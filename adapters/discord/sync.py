"""Commands are put to Discord only when they differ: there is a daily limit, and users see flicker."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import structlog
from discord import app_commands

log = structlog.get_logger(__name__)


async def sync_commands(tree: app_commands.CommandTree[Any], data_dir: Path, application_id: int) -> bool:
    """Returns whether anything was sent.

    The hash of the last payload lies in the data folder; Discord is asked whether it still has those commands.
    """
    commands = tree.get_commands(type=None)
    payload = [await _as_json(tree, command) for command in commands]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    note = data_dir / f"discord-commands-{application_id}"
    if await asyncio.to_thread(_read, note) == digest:
        there = {(command.name, command.type.value) for command in await tree.fetch_commands()}
        if there == {(entry["name"], entry.get("type", 1)) for entry in payload}:
            return False
    await tree.sync()
    await asyncio.to_thread(note.write_text, digest)
    log.info("commands_synced", count=len(payload))
    return True


async def _as_json(tree: app_commands.CommandTree[Any], command: Any) -> Any:
    if tree.translator is None:
        return command.to_dict(tree)
    return await command.get_translated_payload(tree, tree.translator)


def _read(note: Path) -> str:
    return note.read_text() if note.exists() else ""
