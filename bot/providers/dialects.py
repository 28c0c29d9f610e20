"""How servers differ that speak OpenAI's Images API: OpenAI itself, gateways, and FLUX.2 on vLLM-Omni or SGLang."""

from dataclasses import dataclass, field
from typing import Final

from bot.providers.loras import Loras


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server differs from the others that speak the same API.

    Attributes:
        response_format: What has to be sent, None where it must not be.
        openai_extras: Takes quality, background and output formats.
        moderation: Takes how strict its filter is to be.
        person: Name of the field for the person's hash, None where there is none.
        seed: Takes a seed in the body.
        webp: Takes references as WebP.
        health_path: Answers 200 when a request has a chance; asked before each one, since a POST to a server
            that warms up hangs.
        warms_up: A 503 of the health route means that the model is being loaded; otherwise the engine is dead.
        self_hosted: A server of our own: no price a picture.
        takes_lora: Takes a LoRA with each request; elsewhere one would be shared by everybody.
        loras: Those in the server's folder.
    """

    name: str
    response_format: str | None = None
    openai_extras: bool = False
    moderation: bool = False
    person: str | None = None
    seed: bool = False
    webp: bool = True
    health_path: str | None = None
    warms_up: bool = False
    self_hosted: bool = False
    takes_lora: bool = False
    loras: Loras = field(default_factory=Loras)


OPENAI: Final = Dialect("openai", openai_extras=True, moderation=True, person="safety_identifier")
AZURE: Final = Dialect("azure", openai_extras=True, person="user", webp=False)
VLLM_OMNI: Final = Dialect(
    "vllm-omni",
    response_format="b64_json",
    seed=True,
    health_path="/health",
    self_hosted=True,
    takes_lora=True,
)
SGLANG: Final = Dialect(
    "sglang", response_format="b64_json", seed=True, health_path="/health", warms_up=True, self_hosted=True
)
COMPATIBLE: Final = Dialect("compatible", response_format="b64_json", seed=True)

DIALECTS: Final = {dialect.name: dialect for dialect in (OPENAI, VLLM_OMNI, SGLANG, COMPATIBLE)}
