"""From a line of configuration to providers. A new host is one spec in `hosts`; a new model is a name in IMAGE_ROUTE."""

import asyncio
import dataclasses
import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from pydantic import SecretStr

from bot.domain.errors import ConfigurationError
from bot.domain.practice import Switchboard
from bot.domain.profile import ModelProfile
from bot.hedge import Allowance, Lateness
from bot.http import HttpClient, open_http
from bot.images.spool import IN_MEMORY, Spool
from bot.ports import AttemptLog, Clock, ImageProvider, Telemetry
from bot.providers.circuit import Circuit
from bot.providers.hedge import Hedging
from bot.providers.host_spec import HostSpec
from bot.providers.hosts import HOSTS
from bot.providers.loras import Loras
from bot.providers.model_facts import facts_of, own_server_facts
from bot.providers.offline_provider import BACKUP_MODEL, OfflineProvider
from bot.providers.offline_provider import MODEL as OFFLINE_MODEL
from bot.providers.offline_provider import NAME as OFFLINE
from bot.providers.own_servers import FLUX, names, with_further_servers
from bot.providers.practice import BACKUP, FIRST, PractisingProvider
from bot.providers.profiles import shutdown_of
from bot.providers.route import Route
from bot.providers.router import Router
from bot.settings import ModelFacts, ModelSettings, ProviderSettings

log = structlog.get_logger(__name__)

_GATE: Final = 64
_HTTP_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What makers of providers share."""

    settings: ProviderSettings
    http: HttpClient
    clock: Clock
    spool: Spool = IN_MEMORY


Maker = Callable[[Workshop, str], Awaitable[ImageProvider | None]]
"""Makes the provider of a model; None when it has no credentials."""


async def open_router(
    models: ModelSettings,
    providers: ProviderSettings,
    attempts: AttemptLog,
    clock: Clock,
    telemetry: Telemetry,
    *,
    allow_offline: bool = True,
    makers: Mapping[str, Maker] | None = None,
    practice: Switchboard | None = None,
    spool: Spool = IN_MEMORY,
) -> Router:
    """The router over `IMAGE_ROUTE`; entries without credentials are skipped with a log line.

    With none left the offline renderer serves, and says so, unless `allow_offline` is False. With switches for
    practice a second one stands behind it, so that there is something to fall back to.

    Raises:
        ConfigurationError: an entry that cannot work (unknown provider, model shut down), or nothing is left.
    """
    async with AsyncExitStack() as building:
        http = await building.enter_async_context(open_http(seconds=_HTTP_SECONDS))
        workshop = Workshop(providers, http, clock, spool)
        known = {**_known(providers), **(makers or {})}
        routes: list[Route] = []
        gates: dict[str, asyncio.Semaphore] = {}
        # Named twice it would be asked again after a fault, and a picture could be paid for twice.
        entries = list(dict.fromkeys(with_further_servers(models.image_route, providers.flux_base_url)))
        _tell_unused_facts(entries, providers.image_model_facts or {})
        for entry in entries:
            name, _, model = entry.partition(":")
            _check(entry, name, model, known)
            provider = await known[name](workshop, model)
            if provider is None:
                log.info("route_skipped", entry=entry, reason="no credentials")
                continue
            routes.append(_route(provider, clock, gates))
        if not routes and not allow_offline:
            raise ConfigurationError(
                "no image model has credentials",
                "Set OPENAI_API_KEY or another key that IMAGE_ROUTE needs, or ALLOW_OFFLINE_PREVIEW=1.",
            )
        if not routes:
            log.warning("offline_preview", reason="no image model has credentials")
            routes.append(_route(OfflineProvider(clock), clock, gates))
        if practice is not None:
            _practise(routes, practice, clock, gates)
        router = Router(routes, attempts, clock, telemetry, _hedging(models, clock))
        router.learn(await attempts.speeds())
        router.owns(building.pop_all())
        return router


def _tell_unused_facts(entries: Sequence[str], told: Mapping[str, ModelFacts]) -> None:
    """A name that is mistyped changes nothing, and a budget then counts the wrong price."""
    known = {*entries, *(entry.partition(":")[2] for entry in entries)}
    if unused := sorted(set(told) - known):
        log.warning("facts_unused", setting="IMAGE_MODEL_FACTS", models=unused, reason="not in IMAGE_ROUTE")


async def faulty_entries(
    models: ModelSettings, providers: ProviderSettings, clock: Clock
) -> Mapping[str, ConfigurationError]:
    """What keeps each entry of `IMAGE_ROUTE` that cannot work from working. Nothing is asked of anybody."""
    faults: dict[str, ConfigurationError] = {}
    async with open_http(seconds=_HTTP_SECONDS) as http:
        for entry in models.image_route:
            name, _, model = entry.partition(":")
            try:
                known = _known(providers)
                _check(entry, name, model, known)
                provider = await known[name](Workshop(providers, http, clock), model)
            except ConfigurationError as fault:
                faults[entry] = fault
            else:
                if provider is not None:
                    await provider.aclose()
    return faults


def _known(providers: ProviderSettings) -> Mapping[str, Maker]:
    """Makers by the names that an entry may begin with, those of servers of one's own among them."""
    own = names(providers.flux_base_url)
    servers: dict[str, Maker] = {
        name: functools.partial(_flux, place=place) for place, name in enumerate(own)
    }
    return {**MAKERS, **servers}


def _hedging(models: ModelSettings, clock: Clock) -> Hedging | None:
    """As configured; None where it is not wanted."""
    if models.hedge_own_servers is None:
        return None
    return Hedging(Lateness(clock, models.hedge_own_servers or None), Allowance(models.hedge_share))


def _practise(
    routes: list[Route], switches: Switchboard, clock: Clock, gates: dict[str, asyncio.Semaphore]
) -> None:
    """Put the switches in front of every provider."""
    if all(route.provider.profile.drawn for route in routes):
        routes.append(_route(OfflineProvider(clock, model=BACKUP_MODEL), clock, gates))
    elif not switches.everywhere:
        return
    for place, route in enumerate(routes):
        faults = BACKUP if place else FIRST
        route.provider = PractisingProvider(route.provider, switches, faults, clock)


def _check(entry: str, name: str, model: str, known: Mapping[str, Maker]) -> None:
    if name not in known or not model:
        choices = ", ".join(sorted(known))
        raise ConfigurationError(
            f"IMAGE_ROUTE has {entry!r}", f"Write provider:model, with one of these providers: {choices}."
        )
    ends = shutdown_of(model)
    if ends is not None and ends <= datetime.now(UTC).date():
        raise ConfigurationError(
            f"IMAGE_ROUTE names {model}, which was shut down on {ends}",
            "Name its successor, e.g. gpt-image-2.",
        )


def _route(provider: ImageProvider, clock: Clock, gates: dict[str, asyncio.Semaphore]) -> Route:
    """Models of one host share its gate: hosts count a key's tasks, whatever the model."""
    host = HOSTS.get(provider.name)
    places = host.max_active if host is not None and host.max_active else _GATE
    gate = gates.setdefault(provider.name, asyncio.Semaphore(places))
    return Route(provider, Circuit(clock.now), gate)


async def _openai(workshop: Workshop, model: str) -> ImageProvider | None:
    key = workshop.settings.openai_api_key
    if key is None:
        return None
    from bot.providers.dialects import OPENAI

    return await _openai_images("openai", model, key, workshop.settings.openai_base_url, workshop, OPENAI)


async def _azure(workshop: Workshop, deployment: str) -> ImageProvider | None:
    settings = workshop.settings
    if settings.azure_openai_api_key is None:
        return None
    from bot.providers.azure import FORMATS, open_azure_client
    from bot.providers.dialects import AZURE
    from bot.providers.openai_images import OpenAIImages

    client = await open_azure_client(settings.azure_openai_api_key, settings.azure_openai_base_url)
    facts = facts_of("azure", deployment, settings.image_model_facts or {})
    facts = dataclasses.replace(facts, formats=FORMATS)
    return OpenAIImages("azure", deployment, facts, AZURE, client, workshop.clock, spool=workshop.spool)


async def _flux(workshop: Workshop, model: str, place: int = 0) -> ImageProvider | None:
    """A self-hosted FLUX.2 server with an OpenAI-compatible API, at that place of the addresses."""
    settings = workshop.settings
    if not settings.flux_base_url:
        return None
    from bot.providers.dialects import DIALECTS

    if settings.flux_profile not in DIALECTS:
        raise ConfigurationError(
            f"FLUX_PROFILE is {settings.flux_profile!r}", f"It takes one of: {', '.join(sorted(DIALECTS))}."
        )
    dialect = DIALECTS[settings.flux_profile]
    if settings.flux_lora is not None:
        if not dialect.takes_lora:
            raise ConfigurationError(
                f"{dialect.name} takes no LoRA with a request",
                "Remove FLUX_LORA, or serve the model on vllm-omni.",
            )
        dialect = dataclasses.replace(dialect, loras=Loras.of(settings.flux_lora, "FLUX_LORA"))
    told = settings.image_model_facts or {}
    facts = own_server_facts(FLUX, model, told) if dialect.self_hosted else facts_of(FLUX, model, told)
    profile = _with_loras(facts, dialect.loras)
    name, address = names(settings.flux_base_url)[place], settings.flux_base_url[place]
    return await _openai_images(name, model, settings.flux_api_key, address, workshop, dialect, profile)


def _with_loras(profile: ModelProfile, loras: Loras) -> ModelProfile:
    return dataclasses.replace(profile, named_loras=loras.tenants) if loras.tenants else profile


async def _openai_images(
    name: str,
    model: str,
    key: SecretStr | None,
    base_url: str | None,
    workshop: Workshop,
    dialect: Any,
    profile: Any = None,
) -> ImageProvider:
    from bot.providers.openai_client import open_client
    from bot.providers.openai_images import OpenAIImages

    client = await open_client(key, base_url, "images")
    facts = profile or facts_of(name, model, workshop.settings.image_model_facts or {})
    return OpenAIImages(
        name, model, facts, dialect, client, workshop.clock, workshop.http, spool=workshop.spool
    )


async def _offline(workshop: Workshop, _model: str) -> ImageProvider | None:
    return OfflineProvider(workshop.clock, model=OFFLINE_MODEL)


def host_maker(spec: HostSpec) -> Maker:
    """A maker for a submit/poll host: its key and address are named after it in the settings."""

    async def make(workshop: Workshop, model: str) -> ImageProvider | None:
        from bot.images.download import Downloader
        from bot.providers.submit_poll import SubmitPoll

        access = workshop.settings.access(spec.name)
        if access is None:
            return None
        facts = facts_of(spec.name, model, workshop.settings.image_model_facts or {})
        if not spec.several:
            facts = dataclasses.replace(facts, max_count=1)
        # The worker of an endpoint of one's own has a folder of them.
        own = workshop.settings.runpod_lora if spec.name == "runpod" else None
        loras = Loras.of(own, "RUNPOD_LORA")
        return SubmitPoll(
            spec,
            model=model,
            profile=_with_loras(facts, loras),
            loras=loras,
            key=access.key,
            base_url=access.base_url,
            endpoint=access.endpoint,
            http=workshop.http,
            clock=workshop.clock,
            downloader=Downloader(workshop.http, spool=workshop.spool),
        )

    return make


MAKERS: Final[dict[str, Maker]] = {
    "openai": _openai,
    "azure": _azure,
    FLUX: _flux,
    OFFLINE: _offline,
    **{name: host_maker(HOSTS[name]) for name in HOSTS},
}
