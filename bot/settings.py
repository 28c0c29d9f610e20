"""Settings from the environment and `.env`, one model a section; `.env.example` documents every name.

Nothing is read at import time: `load_settings` is called once, by the composition root.
"""

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    Json,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.errors import ConfigurationError
from bot.domain.requests import Quality
from bot.hedge import SHARE


def _split(value: Any) -> Any:
    """Comma separated text to a tuple of names."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _auto(value: Any) -> Any:
    """`auto` for no number of one's own: learned from what is measured."""
    return 0.0 if value == "auto" else value


_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def _whole_address(value: str | None) -> str | None:
    parts = urlsplit(value or "")
    if value and not (parts.scheme in {"http", "https"} and parts.netloc):
        raise ValueError("must be a whole address such as https://images.example.org")
    return value.rstrip("/") if value else value


Address = Annotated[str, AfterValidator(_whole_address)]

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Section(BaseSettings):
    """Base of all sections. An empty value in `.env` counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )


class ModelSettings(Section):
    """Which models serve, in which order."""

    image_route: Names = ("openai:gpt-image-2", "bfl:flux-2-pro")
    sanitizer_models: Names = ("gpt-4o-mini", "gpt-6-luna")
    image_format: Literal["png", "jpeg", "webp"] = "png"
    partial_previews: Annotated[int, Field(ge=0, le=3)] = 0
    local_picture_check: Literal["opennsfw"] | None = None
    hedge_own_servers: Annotated[Annotated[float, Field(ge=0, le=600)] | None, BeforeValidator(_auto)] = None
    hedge_share: Annotated[float, Field(gt=0, le=0.5)] = SHARE


class Lora(BaseModel, frozen=True):
    """An adapter in the folder of a self-hosted server; `path` is the server's. It goes along with requests for its
    `style`, or with all that no other one is for; one of a `brand` only with those of the `tenants` that choose it by
    its name ("*": of all that know it).
    """

    name: str
    path: str
    scale: float = 1.0
    style: str | None = None
    brand: bool = False
    tenants: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.brand != bool(self.tenants):
            raise ValueError('one with "brand" names the "tenants" that may choose it, and only such a one')
        return self


class ModelFacts(BaseModel, frozen=True, extra="forbid"):
    """What is to be known about a model that the tables do not know yet, or know differently.

    Attributes:
        like: A known model whose facts hold for everything that is not said here.
        usd: Dollars for one 1024x1024 picture, or such a price for each quality.
        sizes: The only sizes, e.g. "1024x1024".
    """

    like: str | None = None
    usd: float | dict[Quality, float] | None = None
    usd_further_megapixel: float | None = None
    usd_reference: float | None = None
    sizes: tuple[Annotated[str, Field(pattern=r"^[1-9]\d{1,4}x[1-9]\d{1,4}$")], ...] = ()
    max_count: Annotated[int | None, Field(ge=1, le=10)] = None
    max_references: Annotated[int | None, Field(ge=0, le=16)] = None
    transparency: bool | None = None
    seed: bool | None = None
    partials: bool | None = None


class ProviderSettings(Section):
    """Keys and addresses of hosts. A provider without its key is skipped."""

    # A key out of a file often brings the line's end along, which no header takes.
    model_config = SettingsConfigDict(str_strip_whitespace=True)

    openai_api_key: SecretStr | None = None
    openai_base_url: Address | None = None
    openai_webhook_secret: SecretStr | None = None
    azure_openai_api_key: SecretStr | None = None
    azure_openai_base_url: str = ""
    second_opinion: bool = False
    provenance_check: bool = True
    bfl_api_key: SecretStr | None = None
    bfl_base_url: str = "https://api.bfl.ai"
    replicate_api_token: SecretStr | None = None
    replicate_base_url: str = "https://api.replicate.com"
    fal_key: SecretStr | None = None
    fal_base_url: str = "https://queue.fal.run"
    runpod_api_key: SecretStr | None = None
    runpod_endpoint_id: str | None = None
    runpod_base_url: str = "https://api.runpod.ai"
    flux_base_url: Annotated[tuple[Address, ...], NoDecode, BeforeValidator(_split)] = ()
    flux_api_key: SecretStr | None = None
    flux_profile: str = "vllm-omni"
    image_model_facts: Annotated[Json[dict[str, ModelFacts]] | None, NoDecode] = None
    runpod_lora: Annotated[Json[Lora | tuple[Lora, ...]] | None, NoDecode] = None
    flux_lora: Annotated[Json[Lora | tuple[Lora, ...]] | None, NoDecode] = None

    @field_validator("*")
    @classmethod
    def _plain_key(cls, value: Any) -> Any:
        if isinstance(value, SecretStr) and not value.get_secret_value().isascii():
            raise ValueError("has letters in it that no key has, such as typographic quotes")
        return value

    @field_validator("openai_base_url", "flux_base_url")
    @classmethod
    def _with_scheme(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for address in (value,) if isinstance(value, str) else value or ():
            parts = urlsplit(address)
            if not (parts.scheme in {"http", "https"} and parts.hostname):
                raise ValueError("must be a whole address such as https://images.example.org/v1")
        return value

    def access(self, host: str) -> "HostAccess | None":
        """Key and address of a submit/poll host; None without a key.

        A host that has no fields of its own here is found by its name: <HOST>_API_KEY and <HOST>_BASE_URL.
        """
        known: dict[str, tuple[SecretStr | None, str]] = {
            "bfl": (self.bfl_api_key, self.bfl_base_url),
            "replicate": (self.replicate_api_token, self.replicate_base_url),
            "fal": (self.fal_key, self.fal_base_url),
            "runpod": (self.runpod_api_key, self.runpod_base_url),
        }
        if host in known:
            key, base_url = known[host]
        else:
            found = {**dotenv_values(".env"), **os.environ}
            name = host.upper().replace("-", "_")
            key = SecretStr(found.get(f"{name}_API_KEY") or "")
            base_url = found.get(f"{name}_BASE_URL") or ""
        endpoint = self.runpod_endpoint_id if host == "runpod" else None
        return HostAccess(key, base_url, endpoint) if key is not None and key.get_secret_value() else None


@dataclass(frozen=True, slots=True)
class HostAccess:
    """How a host is reached; `endpoint` where an address of our own stands in place of the model's name."""

    key: SecretStr
    base_url: str
    endpoint: str | None = None


class StorageSettings(Section):
    """Where pictures and rows live."""

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    s3_bucket: str | None = None
    s3_endpoint_url: Address | None = None
    s3_region: str = "us-east-1"
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    cdn_base_url: Address = ""

    @property
    def database(self) -> str:
        """The database's URL, with the embedded default in `data_dir`."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'imagine.db').absolute()}"


class HttpSettings(Section):
    """The one HTTP plane."""

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_base_url: Address = ""
    playground_token: SecretStr | None = None

    @property
    def loopback(self) -> bool:
        """Only this machine can reach it. A public address tells of a proxy before it, which may ask by any name."""
        public = urlsplit(self.public_base_url).hostname
        return self.http_host in _LOOPBACK and (public is None or public in _LOOPBACK)

    @property
    def base_url(self) -> str:
        """Address that people open."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        return self.public_base_url or f"http://{host}:{self.http_port}"


class LogSettings(Section):
    log_format: Annotated[str, Field(pattern="^(console|json)$")] = "console"
    log_level: Annotated[str, Field(pattern="(?i)^(debug|info|warning|error|critical)$")] = "INFO"
    otel_exporter_otlp_endpoint: Address | None = None


class WorkerSettings(Section):
    """How much this process does at once, and how long it takes to leave."""

    max_jobs: Annotated[int, Field(ge=1, le=1000)] = 64
    image_memory_mb: Annotated[int, Field(ge=16, le=65_536)] = 256
    image_spool_above_mb: Annotated[float, Field(ge=0, le=64)] = 4
    image_spool_mb: Annotated[int, Field(ge=64, le=1_048_576)] = 2048
    shutdown_grace_seconds: Annotated[float, Field(ge=0, le=3600)] = 25.0
    allow_offline_preview: bool = True
    practice_faults: bool | None = None
    retention_sweep_minutes: Annotated[float, Field(ge=1, le=1440)] = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections of the core. Adapters read their own."""

    models: ModelSettings
    providers: ProviderSettings
    storage: StorageSettings
    http: HttpSettings
    logs: LogSettings
    workers: WorkerSettings


def at_port(settings: Settings, port: int) -> Settings:
    """The settings with the port that is really listened on."""
    return dataclasses.replace(settings, http=settings.http.model_copy(update={"http_port": port}))


def load_settings() -> Settings:
    """Read and check everything.

    Raises:
        ConfigurationError: with the name of the variable and what it takes; all others are its `further`.
    """
    settings, faults = usable_settings()
    if faults:
        raise _together(faults)
    return settings


def usable_settings() -> tuple[Settings, Sequence[ConfigurationError]]:
    """The settings with defaults in place of what is wrong, and all that is wrong."""
    faults: list[ConfigurationError] = []

    def read(section: type[SectionType]) -> SectionType:
        found, wrong = _usable(section)
        known = {fault.problem for fault in faults}
        faults.extend(fault for fault in wrong if fault.problem not in known)
        return found

    settings = Settings(
        models=read(ModelSettings),
        providers=read(ProviderSettings),
        storage=read(StorageSettings),
        http=read(HttpSettings),
        logs=read(LogSettings),
        workers=read(WorkerSettings),
    )
    return settings, faults


SectionType = TypeVar("SectionType", bound=BaseSettings)


def read_section(section: type[SectionType]) -> SectionType:
    """One section, with a readable fault instead of a stack trace. Values are never repeated in it."""
    found, faults = _usable(section)
    if faults:
        raise _together(faults)
    return found


def _together(faults: Sequence[ConfigurationError]) -> ConfigurationError:
    return dataclasses.replace(faults[0], further=tuple(faults[1:]))


def _usable(section: type[SectionType], **given: Any) -> tuple[SectionType, Sequence[ConfigurationError]]:
    """A section with defaults in place of what is wrong, and a fault for each variable that is."""
    try:
        return section(**given), ()
    except ValidationError as problems:
        wrong: dict[str, ConfigurationError] = {}
        for error in problems.errors():
            field, *inside = (str(part) for part in error["loc"])
            wrong.setdefault(
                field, _unusable(field.upper(), ".".join(inside), error["msg"].removeprefix("Value error, "))
            )
        defaults = {field: section.model_fields[field].default for field in wrong}
        return section(**given, **defaults), tuple(wrong.values())
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        remedy = "Save it as UTF-8, readable for the user that the bot runs as."
        found, faults = _usable(section, _env_file=None)
        return found, (ConfigurationError(f".env cannot be read ({why})", remedy), *faults)


def _unusable(name: str, inside: str, message: str) -> ConfigurationError:
    where = f" (at {inside})" if inside else ""
    return ConfigurationError(
        f"{name} is not usable: {message}{where}",
        f"Correct {name} in the environment or in .env; .env.example tells what it takes.",
    )
