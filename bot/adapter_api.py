"""What the core hands to an adapter, and how it finds adapters: by the entry-point group `imagine_bot.adapters`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from bot.domain.errors import ConfigurationError
from bot.domain.jobs import Job
from bot.domain.policy import Presentation
from bot.domain.practice import Switchboard
from bot.moderation.desk import Desk
from bot.pipeline.describe import Describing
from bot.pipeline.studio import Studio
from bot.ports import ChatAdapter, Check, Clock, ImageStore, PolicyStore, Telemetry
from bot.rush import Rush

GROUP: Final = "imagine_bot.adapters"


@dataclass(frozen=True, slots=True)
class AdapterContext:
    """The core, as an adapter sees it.

    Attributes:
        secrets: Encrypted items of the database, e.g. for the tokens of many workspaces.
        base_url: Address of the HTTP plane that people open.
        loopback: Only this machine can reach the HTTP plane.
        playground_token: Needed for the playground's API anywhere but on loopback.
        offline: Only the offline renderer serves.
        models: Names of the configured image models, for autocompletion.
        switches: Faults that may be switched on for practice; None where they may not.
        describing: Puts pictures into words; None where nobody offers it.
        desk: The moderators' services.
        rush: Told of requests that wait for their acknowledgement; work that can wait is held back by it.
    """

    studio: Studio
    images: ImageStore
    policies: PolicyStore
    secrets: Any
    telemetry: Telemetry
    clock: Clock
    data_dir: Path
    base_url: str
    loopback: bool
    playground_token: str | None
    offline: bool
    models: Sequence[str] = ()
    describing: Describing | None = None
    desk: Desk | None = None
    switches: Switchboard | None = None
    rush: Rush = field(default_factory=Rush)


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """What a chat platform would be sent for a job.

    Attributes:
        body: The platform's own JSON.
        files: Address of each picture that goes up with the message, by the name that `body` has for it.
        private: Only the person who asked would see it.
    """

    body: Mapping[str, Any]
    files: Mapping[str, str]
    private: bool


Preview = Callable[[Job, Presentation], PreviewedMessage]
"""An adapter's own renderer, applied to a job where it stands: without a token, without a network."""

AdapterFactory = Callable[[AdapterContext], ChatAdapter | None]
"""Returns None when the adapter has no token, so that it stays out without a word."""

ABSENT: Final = "not_connected"
"""Beside the factory an adapter may have a function of this name, without parameters, that returns a `Check` for
doctor: what to set so that the adapter takes part, or what is set only by half."""


def why_absent(entry: EntryPoint) -> Check | None:
    """What an installed adapter says for itself when it stays out; None if it says nothing."""
    say: Callable[[], Check] | None = getattr(import_module(entry.module), ABSENT, None)
    return say() if say is not None else None


def find_previews() -> Mapping[str, Preview]:
    """By adapter, the renderer of those whose package offers a `create_preview()`; also of adapters without a token.

    Imports the adapters' libraries, so it belongs into a thread.
    """
    packages = {name: import_module(entry.module) for name, entry in find_adapters()}
    return {
        name: package.create_preview()
        for name, package in packages.items()
        if hasattr(package, "create_preview")
    }


def find_adapters() -> Iterator[tuple[str, EntryPoint]]:
    """Installed adapters by name.

    Raises:
        ConfigurationError: none is registered, which means that the package is not installed.
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    if not found:
        raise ConfigurationError(
            "imagine-bot is not installed in this environment",
            "Run `make setup` and use .venv/bin/imagine-bot.",
        )
    for entry in found:
        yield entry.name, entry
