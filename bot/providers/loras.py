"""The operator's own LoRAs, in a folder of a server of his: which of them goes along with a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from bot.domain.errors import ConfigurationError
from bot.domain.images import ImageTask
from bot.domain.profile import ModelProfile
from bot.domain.styles import STYLES
from bot.settings import Lora


@dataclass(frozen=True, slots=True)
class Loras:
    """What is sent, as `{"name", "path", "scale"}`.

    Attributes:
        by_style: By the style that it is for; the one of "" is for all other tasks.
        by_name: By the name with which a community chooses it.
        tenants: Who may choose a name; everybody where none are named.
    """

    by_style: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    by_name: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tenants: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, configured: Lora | Sequence[Lora] | None, variable: str) -> Self:
        """Raises ConfigurationError: one is for a style that nobody can choose."""
        several = [configured] if isinstance(configured, Lora) else list(configured or ())
        unknown = {lora.style for lora in several if lora.style} - set(STYLES)
        if unknown:
            raise ConfigurationError(
                f"{variable} names unknown styles: {', '.join(sorted(unknown))}",
                f"It takes: {', '.join(STYLES)}.",
            )
        return cls(
            {lora.style or "": _sent(lora) for lora in several if not lora.brand},
            {lora.name: _sent(lora) for lora in several},
            {lora.name: frozenset(lora.tenants) - {"*"} for lora in several},
        )

    def chosen(self, task: ImageTask, profile: ModelProfile) -> dict[str, Any] | None:
        """The community's own before that of a style: only one goes along."""
        lora = task.lora
        if lora is not None and lora.source in self.by_name and profile.takes(lora):
            return {**self.by_name[lora.source], **({} if lora.scale is None else {"scale": lora.scale})}
        found = self.by_style.get(task.style or "") or self.by_style.get("")
        return dict(found) if found else None


NO_LORAS: Final = Loras()


def _sent(lora: Lora) -> Mapping[str, Any]:
    return lora.model_dump(include={"name", "path", "scale"})
