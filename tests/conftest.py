"""What all tests share: a clean environment, no network but loopback, and the folder of shared data."""

import os
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.support.databases import database_url, empty_database_url, postgres

__all__ = ["database_url", "empty_database_url", "postgres"]

# How long an example takes says more about the machine than about the code; and a submission is not the moment to
# look for new examples.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("steady")

# Tests that configure no logging of their own: tracebacks as the bot writes them, not drawn by whatever is installed.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

_PREFIXES = (
    "OPENAI_",
    "BFL_",
    "REPLICATE_",
    "FAL_",
    "RUNPOD_",
    "FLUX_",
    "HEDGE_",
    "DISCORD_",
    "SLACK_",
    "S3_",
    "AWS_",
    "CDN_",
    "DATABASE_URL",
    "DATA_DIR",
    "HTTP_",
    "PUBLIC_BASE_URL",
    "PLAYGROUND_",
    "LOG_",
    "IMAGE_ROUTE",
    "SANITIZER_MODELS",
    "SECRET_KEY",
)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's machine, and no .env of the checkout, reaches a test."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def shared_folder() -> Path | None:
    """The folder of specifications and prompt data, beside the checkout or where IMAGINE_SHARED says."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("IMAGINE_SHARED", beside))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """Skips where the data is absent, except in CI, where it has to be there."""
    folder = shared_folder()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail("the shared specifications and prompts have to be present in CI")
        pytest.skip("the shared specifications and prompts are not here")
    return folder
