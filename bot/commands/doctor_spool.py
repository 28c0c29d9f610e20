"""Doctor: room on the disk for large pictures, which otherwise stay in memory."""

import asyncio
import shutil
from typing import Final

from bot.app import open_spool
from bot.images.spool import IN_MEMORY
from bot.ports import Check
from bot.settings import Settings

_NAME: Final = "large pictures"
_MB: Final = 1024 * 1024


async def check_spool(settings: Settings) -> Check:
    """Whether they can leave memory, as the settings say."""
    return await asyncio.to_thread(_look, settings)


def _look(settings: Settings) -> Check:
    workers, folder = settings.workers, settings.storage.data_dir
    if not workers.image_spool_above_mb:
        return Check(_NAME, "ok", "stay in memory, as IMAGE_SPOOL_ABOVE_MB says")
    if open_spool(settings) is IN_MEMORY:
        remedy = "Put DATA_DIR on ext4, XFS or Btrfs, or set IMAGE_SPOOL_ABOVE_MB=0 if memory is enough."
        return Check(
            _NAME, "warning", "stay in memory: the disk of DATA_DIR has no files without names", remedy
        )
    free = shutil.disk_usage(folder).free // _MB
    if free < workers.image_spool_mb:
        remedy = "Make room on the disk of DATA_DIR, or lower IMAGE_SPOOL_MB."
        return Check(
            _NAME, "warning", f"may take {workers.image_spool_mb} MB, and {free} MB are free", remedy
        )
    return Check(_NAME, "ok", f"wait on the disk above {workers.image_spool_above_mb:g} MB")
