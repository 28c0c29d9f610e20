"""Doctor: keys and models. Which of them would serve the next request, and until when. Nothing is paid for."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from typing import Final

from bot.app import Application
from bot.http import open_http
from bot.ports import Check
from bot.providers.profiles import shutdown_of
from bot.settings import Settings

SOON_DAYS: Final = 60
_SECONDS: Final = 10.0
_OPENAI: Final = "https://api.openai.com/v1"
_KEYS: Final = {
    "azure": "AZURE_OPENAI_API_KEY",
    "bfl": "BFL_API_KEY",
    "replicate": "REPLICATE_API_TOKEN",
    "fal": "FAL_KEY",
    "runpod": "RUNPOD_API_KEY and RUNPOD_ENDPOINT_ID",
    "flux": "FLUX_BASE_URL and FLUX_API_KEY",
}


async def check_routes(app: Application, *, preview: bool = True) -> AsyncIterator[Check]:
    """Every image model of the route, and the text models. `preview`: the offline renderer may serve."""
    if app.router.offline:
        remedy = "Set OPENAI_API_KEY, or a FLUX.2 host's key and IMAGE_ROUTE."
        if preview:
            detail = "none has credentials: offline preview only, drawn here and labelled as such"
            yield Check("image models", "warning", detail, remedy)
        else:
            detail = "none has credentials, and ALLOW_OFFLINE_PREVIEW is off: the bot does not start"
            yield Check("image models", "failure", detail, remedy)
    else:
        yield Check("image models", "ok", ", ".join(app.router.models))
    yield _text_models(app.settings)
    for check in await check_openai(app.settings):
        yield check
    for route in app.router.routes:
        if route.provider.name == "openai" or route.provider.profile.drawn:
            continue
        name = route.provider.name
        try:
            async with asyncio.timeout(_SECONDS):
                health = await route.provider.probe()
        except TimeoutError:
            yield Check(
                f"host {name}", "failure", "did not answer in time", "Check this machine's way to it."
            )
            continue
        remedy = f"Check {_KEYS.get(name.partition('-')[0], f'{name.upper()}_API_KEY')}, the account's credit, and the way there."
        detail = "reachable" if health.ok else f"cannot serve ({health.detail})"
        yield Check(f"host {name}", "ok" if health.ok else "failure", detail, "" if health.ok else remedy)


def _text_models(settings: Settings) -> Check:
    """Who reads the prompts."""
    if settings.providers.openai_api_key is not None:
        return Check("text models", "ok", ", ".join(settings.models.sanitizer_models))
    remedy = "Set OPENAI_API_KEY, so that a model reads each prompt as well."
    return Check(
        "text models", "warning", "none has a key: prompts are checked by the built-in rules alone", remedy
    )


async def check_openai(settings: Settings) -> Sequence[Check]:
    """Whether the key is accepted, and offers the models that the settings name."""
    key = settings.providers.openai_api_key
    if key is None:
        return ()
    url = (settings.providers.openai_base_url or _OPENAI).rstrip("/") + "/models"
    async with open_http(seconds=_SECONDS) as http:
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await http.get(url, headers={"Authorization": f"Bearer {key.get_secret_value()}"})
        except Exception as fault:  # noqa: BLE001 - whatever it is, the operator hears of it
            remedy = "Check this machine's way to it and OPENAI_BASE_URL."
            return [Check("openai", "failure", f"not reachable ({type(fault).__name__})", remedy)]
    if answer.status_code in {401, 403}:
        remedy = "Make a new key at the provider and put it into OPENAI_API_KEY."
        return [Check("openai key", "failure", "not accepted", remedy)]
    try:
        offered = {str(model["id"]) for model in answer.json()["data"]}
    except (ValueError, KeyError, TypeError):
        detail = f"the server does not list its models (status {answer.status_code})"
        return [Check("openai models", "warning", detail, "Harmless if pictures come.")]
    return [Check("openai key", "ok", "accepted"), *offers(settings, offered)]


def offers(settings: Settings, offered: set[str]) -> Sequence[Check]:
    """Names in the settings that the server does not know: misspelt, shut down, or not for this key."""
    checks: list[Check] = []
    for entry in settings.models.image_route:
        provider, _, model = entry.partition(":")
        if provider == "openai" and model not in offered:
            remedy = "Correct its name in IMAGE_ROUTE, or ask for access to it."
            checks.append(Check(f"model {model}", "failure", "not offered to this key", remedy))
    text = settings.models.sanitizer_models
    missing = [name for name in text if name not in offered]
    grade = "failure" if len(missing) == len(text) else "warning"
    remedy = "Correct its name in SANITIZER_MODELS, or ask for access to it."
    checks += [Check(f"model {name}", grade, "not offered to this key", remedy) for name in missing]
    return checks


def check_models(settings: Settings, today: date) -> Sequence[Check]:
    """Models that would be asked, and are gone or will be soon."""
    checks: list[Check] = []
    for name, living in _in_use(settings, today):
        shutdown = shutdown_of(name)
        if shutdown is None:
            continue
        days = (shutdown - today).days
        if days < 0:
            remedy = f"{living} serves instead." if living else "Name its successor."
            remedy += " Take it out of IMAGE_ROUTE or SANITIZER_MODELS."
            grade = "warning" if living else "failure"
            checks.append(Check(f"model {name}", grade, f"was shut down on {shutdown}", remedy))
        elif days < SOON_DAYS:
            remedy = f"{living} takes over by itself then." if living else "Name its successor soon."
            checks.append(Check(f"model {name}", "warning", f"ends on {shutdown}", remedy))
    return checks


def _in_use(settings: Settings, today: date) -> Iterator[tuple[str, str]]:
    """Model names, each with the one behind it that will still be there; OpenAI's only when there is a key for them."""
    key = settings.providers.openai_api_key is not None
    for entry in settings.models.image_route:
        provider, _, model = entry.partition(":")
        if key or provider != "openai":
            yield model or entry, ""
    text = settings.models.sanitizer_models if key else ()
    for place, name in enumerate(text):
        behind = (one for one in text[place + 1 :] if (shutdown_of(one) or date.max) > today)
        yield name, next(behind, "")
