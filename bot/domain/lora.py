"""A community's own LoRA: small weights beside a model's, which give every picture the same look."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Final, Self

LORA_LENGTH: Final = 300

_SOURCE: Final = (
    r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[^\s@]{1,250}"
    r"|[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}"
    r"|[A-Za-z0-9][\w.-]{0,95}"
)
_WRITTEN: Final = re.compile(rf"\s*({_SOURCE})(?:\s*@\s*([0-2](?:\.\d{{1,2}})?))?\s*")


@dataclass(frozen=True, slots=True)
class LoraChoice:
    """What a community chose.

    Attributes:
        source: An https address of weights, `owner/name` of a model page, or a name that the operator gave to weights
            of his own server.
        scale: Its weight, 0 to 2; None leaves it to whoever serves it.
        tenant: The community that chose it: an operator's may be for some of them only.
    """

    source: str
    scale: float | None = None
    tenant: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `https://host/brand.safetensors`, `owner/brand @0.8` or `brand`. Raises ValueError."""
        match = _WRITTEN.fullmatch(text)
        if match is None or (match[2] and float(match[2]) > 2):
            raise ValueError(
                "an https address, owner/name or a name, with @ and a weight from 0 to 2 behind it"
            )
        return cls(match[1], float(match[2]) if match[2] else None)

    def chosen_in(self, tenant: str) -> Self:
        return dataclasses.replace(self, tenant=tenant)

    @property
    def public(self) -> bool:
        """Anybody can get the weights, so a host can."""
        return "/" in self.source

    def __str__(self) -> str:
        return self.source if self.scale is None else f"{self.source} @{self.scale:g}"


def lora_of(text: str, tenant: str = "") -> LoraChoice | None:
    """What a community's stored setting means; None where there is none, or none that can be read."""
    try:
        return LoraChoice.parse(text).chosen_in(tenant)
    except ValueError:
        return None
