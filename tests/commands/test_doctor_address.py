"""Doctor tells when the links that chats hand out lead nowhere."""

from collections.abc import Sequence

import pytest

from bot.commands.doctor_address import check_address
from bot.settings import load_settings


@pytest.mark.parametrize(
    ("chats", "environment", "grade", "words"),
    [
        (["playground"], {}, None, ""),
        (["playground", "discord"], {}, "warning", "http://127.0.0.1:8080"),
        (["slack"], {"HTTP_HOST": "0.0.0.0"}, "warning", "http://0.0.0.0:8080"),
        (["slack"], {"PUBLIC_BASE_URL": "https://images.example.org/"}, "ok", "https://images.example.org"),
    ],
)
def test_the_address_that_people_open(
    monkeypatch: pytest.MonkeyPatch,
    chats: Sequence[str],
    environment: dict[str, str],
    grade: str | None,
    words: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    check = check_address(load_settings(), chats)

    assert (check.grade if check else None) == grade
    assert words in (check.detail if check else "")
    assert bool(check and check.remedy) is (grade == "warning")
