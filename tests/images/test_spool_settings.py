"""What an operator sets reaches everything that takes large pictures."""

from pathlib import Path

import pytest

from bot.app import open_application
from bot.hosting.local import LocalStore
from bot.providers.openai_images import OpenAIImages
from bot.settings import load_settings

MB = 1024 * 1024


@pytest.mark.parametrize(("above", "in_memory"), [("", 4 * MB), ("0.5", MB // 2), ("0", 50 * MB)])
async def test_pictures_above_a_size_take_no_more_memory_than_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, above: str, in_memory: int
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    if above:
        monkeypatch.setenv("IMAGE_SPOOL_ABOVE_MB", above)

    async with open_application(load_settings(), dict) as app:
        assert app.parts.memory.of_pictures(50 * MB) == in_memory
        (provider,) = (route.provider for route in app.router.routes)
        assert isinstance(provider, OpenAIImages)
        assert isinstance(app.images, LocalStore)
        assert provider.spool is app.images.spool
        intake = provider.spool.intake()
        for _ in range(6):
            intake.write(bytes(MB))
        assert isinstance(intake.getvalue(), bytes) is (in_memory > 6 * MB)
