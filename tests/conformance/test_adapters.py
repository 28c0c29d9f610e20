"""What every chat adapter has to do, whatever its platform. A new one is added to `ENVIRONMENTS` and passes as it is."""

import inspect
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.adapter_api import find_adapters
from bot.app import Application, open_application
from bot.ports import ChatAdapter, Check, Health
from bot.settings import load_settings

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("conformance")]

NOWHERE = "http://127.0.0.1:9"
SECRETS = {
    "DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "SLACK_BOT_TOKEN": "xoxb-1234567890-secret-of-ours",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "discord": {"DISCORD_TOKEN": SECRETS["DISCORD_TOKEN"], "DISCORD_API_BASE_URL": f"{NOWHERE}/api/v10"},
    "slack": {
        "SLACK_BOT_TOKEN": SECRETS["SLACK_BOT_TOKEN"],
        "SLACK_SIGNING_SECRET": SECRETS["SLACK_SIGNING_SECRET"],
        "SLACK_API_BASE_URL": f"{NOWHERE}/api/",
    },
    "playground": {},
}
NAMES = sorted(ENVIRONMENTS)
METHODS = sorted(
    name for name, _ in inspect.getmembers(ChatAdapter, inspect.isfunction) if not name.startswith("_")
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    """All adapters with tokens, none started, and platforms that nobody answers for."""
    with pytest.MonkeyPatch.context() as patch:
        for environment in ENVIRONMENTS.values():
            for name, value in environment.items():
                patch.setenv(name, value)
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("discord.http.Route.BASE", "")  # the adapter sets it; put back afterwards
        async with open_application(load_settings()) as application:
            yield application
            await application.close_adapters()


async def test_every_installed_adapter_is_in_this_suite(app: Application) -> None:
    assert [name for name, _ in find_adapters()] == NAMES == sorted(app.adapters)


async def test_the_port_is_implemented_in_full(app: Application) -> None:
    for name in NAMES:
        adapter = app.adapters[name]
        assert adapter.name == name
        for method in METHODS:
            theirs, ours = getattr(adapter, method), getattr(ChatAdapter, method)
            wanted = [parameter for parameter in inspect.signature(ours).parameters if parameter != "self"]
            assert list(inspect.signature(theirs).parameters) == wanted, (name, method)
            assert inspect.iscoroutinefunction(theirs) == inspect.iscoroutinefunction(ours), (name, method)


async def test_an_adapter_that_was_never_started_can_be_asked_and_closed(app: Application) -> None:
    for name in NAMES:
        adapter = app.adapters[name]
        assert isinstance(await adapter.health(), Health)
        await adapter.stop_intake()


async def test_a_platform_that_is_away_is_a_finding_with_a_remedy(app: Application) -> None:
    for name in ("discord", "slack"):
        checks = await app.adapters[name].examine()
        assert any(check.grade == "failure" and check.remedy for check in checks), name
        assert not [check for check in checks if _shows_a_secret(check)]
        assert not (await app.adapters[name].health()).ok, "examining connects nothing"


async def test_routes_of_all_adapters_live_side_by_side(app: Application) -> None:
    places = [
        (getattr(route, "path", ""), tuple(sorted(getattr(route, "methods", None) or ())))
        for adapter in app.adapters.values()
        for route in adapter.routes()
    ]
    own = {"/healthz", "/readyz", "/metrics"}

    assert len(places) == len(set(places))
    assert not own & {path for path, _ in places}


def _shows_a_secret(check: Check) -> bool:
    return any(secret in f"{check.detail} {check.remedy}" for secret in SECRETS.values())
