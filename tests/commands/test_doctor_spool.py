"""Doctor tells where large pictures wait, and when they cannot."""

from pathlib import Path

import pytest

from bot.commands.doctor_spool import check_spool
from bot.settings import load_settings


@pytest.mark.parametrize(
    ("environment", "grade", "words"),
    [
        ({}, "ok", "on the disk above 4 MB"),
        ({"IMAGE_SPOOL_ABOVE_MB": "0"}, "ok", "stay in memory"),
        ({"IMAGE_SPOOL_MB": "1048576"}, "warning", "MB are free"),
        ({"DATA_DIR": "/proc/self"}, "warning", "stay in memory"),
    ],
)
async def test_where_large_pictures_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], grade: str, words: str
) -> None:
    for name, value in {"DATA_DIR": str(tmp_path), **environment}.items():
        monkeypatch.setenv(name, value)

    check = await check_spool(load_settings())

    assert check.grade == grade
    assert words in check.detail
    assert bool(check.remedy) is (grade != "ok")
