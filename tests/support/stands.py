"""Every provider against its twin, behind one face, so that one suite runs over all of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.images import ImageTask
from bot.domain.policy import Recovery
from bot.domain.requests import JobId
from bot.http import HttpClient, open_http
from bot.ports import ImageProvider
from bot.providers.azure import open_azure_client
from bot.providers.circuit import Circuit
from bot.providers.dialects import AZURE, COMPATIBLE, OPENAI, SGLANG, VLLM_OMNI, Dialect
from bot.providers.hosts import HOSTS
from bot.providers.openai_client import open_client
from bot.providers.openai_images import OpenAIImages
from bot.providers.profiles import FLUX_SELF_HOSTED, profile_of
from bot.providers.route import Route
from bot.providers.router import Router
from bot.providers.submit_poll import SubmitPoll
from tests.support.fakes import MemoryAttempts, Observed
from tests.twins import flux_modes as f
from tests.twins import http_twin as h
from tests.twins import openai_modes as o
from tests.twins.azure_twin import AzureTwin
from tests.twins.flux_twins import TWINS, RunPodTwin
from tests.twins.http_twin import Fault, HttpTwin
from tests.twins.openai_twin import API_KEY, OpenAITwin
from tests.twins.self_hosted_twins import SERVED_MODEL, SGLangTwin, VllmOmniTwin

_EVERYWHERE: Mapping[str, Fault] = {
    "server error": h.ServerError(500),
    "gateway page": h.ServerError(502, html=True),
    "page for an answer": h.HtmlOk(),
    "empty answer": h.EmptyBody(),
    "cut answer": h.CutBody(),
    "reset in the answer": h.ResetMidBody(),
    "reset before the answer": h.ResetBeforeHeaders(),
    "silence": h.Hang(20),
}
_OPENAI: Mapping[str, Fault] = {
    **_EVERYWHERE,
    "refused words": o.Refuse("input", ["sexual"]),
    "refused picture": o.Refuse("output", ["violence"]),
    "refused by an older word": o.Refuse(None, ["sexual"], code="content_policy_violation"),
    "throttled": o.RateLimit(7.0),
    "out of money": o.Quota(),
    "spending limit": o.Billing(),
    "key not taken": o.InvalidKey(),
    "account not verified": o.NotVerified(),
    "request not taken": o.InvalidParameter(),
    "no picture": o.EmptyData(),
    "null for a picture": o.NullImage(),
    "broken base64": o.BadBase64(),
    "page for a picture": o.TextAsImage(),
}
_ENGINE: Mapping[str, Fault] = {
    **_EVERYWHERE,
    "request not taken": f.InvalidInput(),
    "no picture": o.EmptyData(),
    "null for a picture": o.NullImage(),
    "queue full": f.Overloaded(),
    "memory full": f.OutOfMemory(),
}
_HOST: Mapping[str, Fault] = {
    **_EVERYWHERE,
    "refused words": f.ModeratedInput(("sexual",)),
    "refused picture": f.ModeratedOutput(("violence",)),
    "throttled": f.TooMany(7.0),
    "throttled in the body": f.TooMany(7.0, in_header=False, in_body=True),
    "out of money": f.OutOfCredit(),
    "request not taken": f.InvalidInput(),
    "redirect": f.RedirectSubmit(),
    "queue full": f.Overloaded(),
    "task failed": f.Failed(),
    "memory full": f.OutOfMemory(),
    "given up before it began": f.Aborted(),
    "cancelled by others": f.Canceled(),
    "unknown status": f.UnknownStatus(),
    "task forgotten": f.TaskNotFound(),
    "never ends": f.Forever(),
    "poll redirected": f.RedirectPoll(),
    "no picture": f.NoResult(),
    "download forbidden": f.ExpiredSample(),
    "page for a picture": f.WrongContentType(lying=True),
    "download too large": f.HugeDownload(70 * 1024 * 1024),
    "download elsewhere": f.ForeignSample(),
    "download cut": f.CutDownload(),
    "download slow": f.SlowDownload(30),
}


class Brisk(SystemClock):
    """Real time, in which nobody waits longer than a moment."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.005))


@dataclass
class Stand:
    """One provider, alone behind a router.

    Attributes:
        ends: What its twin can play, by the words of the suite.
    """

    name: str
    twin: Any
    provider: ImageProvider
    ends: Mapping[str, Fault]
    attempts: MemoryAttempts = field(default_factory=MemoryAttempts)
    telemetry: Observed = field(default_factory=Observed)

    def __post_init__(self) -> None:
        self.afresh()

    def afresh(self) -> None:
        """As if the provider had never been asked."""
        clock = Brisk()
        routes = [Route(self.provider, Circuit(clock.now), asyncio.Semaphore(8))]
        self.router = Router(routes, self.attempts, clock, self.telemetry)

    def play(self, mode: Fault) -> None:
        (self.twin.images if isinstance(self.twin, OpenAITwin) else self.twin.script).always(mode)

    @property
    def paid_calls(self) -> int:
        """Requests that may cost money, as the server saw them."""
        return len([one for one in self.twin.requests if one.method == "POST" and "cancel" not in one.path])

    @property
    def polls(self) -> int:
        """How often the server was asked for the state of a task."""
        return len([one for one in self.twin.requests if one.method == "GET"])

    @property
    def given_up(self) -> int:
        """Requests that the server stopped working on because of us."""
        return len(self.twin.aborted if isinstance(self.twin, VllmOmniTwin) else self.twin.cancelled)

    @property
    def strays(self) -> list[Any]:
        """Requests that carried the key to somebody else."""
        return list(self.twin.leaked_keys()) if hasattr(self.twin, "leaked_keys") else []

    async def run(self, task: ImageTask, seconds: float = 20.0) -> list[Any]:
        """All events of one job. Raises what the router raises."""
        deadline = Deadline(SystemClock().now() + seconds)
        events = self.router.generate(JobId("job"), task, deadline, Recovery())
        async with contextlib.aclosing(events):
            return [event async for event in events]


async def _images(
    twin: HttpTwin, base_url: str, name: str, model: str, dialect: Dialect, key: str, http: HttpClient
) -> OpenAIImages:
    client = await open_client(SecretStr(key), base_url)
    profile = FLUX_SELF_HOSTED if dialect.self_hosted else profile_of(model)
    return OpenAIImages(name, model, profile, dialect, client, Brisk(), http)


@contextlib.asynccontextmanager
async def open_stand(name: str, *, key: str | None = None) -> AsyncIterator[Stand]:
    """The provider of that name and its twin; `key` is sent instead of the right one."""
    async with open_http(seconds=10) as http:
        if name in TWINS:
            made: Any = TWINS[name]
            async with made(output="url") if made is RunPodTwin else made() as twin:
                provider: Any = SubmitPoll(
                    HOSTS[name],
                    model="flux-2-pro",
                    profile=profile_of("flux-2-pro"),
                    key=SecretStr(key or twin.key),
                    base_url=twin.base_url,
                    http=http,
                    clock=Brisk(),
                    endpoint=twin.endpoint if made is RunPodTwin else None,
                )
                yield Stand(name, twin, provider, _HOST)
        elif name == "openai":
            async with OpenAITwin() as twin:
                right = key or API_KEY
                provider = await _images(twin, twin.base_url, name, "gpt-image-2", OPENAI, right, http)
                yield Stand(name, twin, provider, _OPENAI)
                await provider.aclose()
        elif name == "azure":
            async with AzureTwin() as twin:
                client = await open_azure_client(SecretStr(key or "azure-key"), twin.base_url)
                provider = OpenAIImages(name, "pictures", profile_of("gpt-image-2"), AZURE, client, Brisk())
                yield Stand(name, twin, provider, _OPENAI)
                await provider.aclose()
        else:
            kind, dialect = ENGINES[name]
            async with kind(api_key="engine-key") as twin:
                right = key or "engine-key"
                provider = await _images(twin, twin.base_url, name, SERVED_MODEL, dialect, right, http)
                yield Stand(name, twin, provider, _ENGINE)
                await provider.aclose()


ENGINES: Mapping[str, tuple[Any, Dialect]] = {
    "vllm-omni": (VllmOmniTwin, VLLM_OMNI),
    "sglang": (SGLangTwin, SGLANG),
    "compatible": (VllmOmniTwin, COMPATIBLE),
}

ENDS: Mapping[str, Mapping[str, Fault]] = {
    "openai": _OPENAI,
    "azure": _OPENAI,
    **dict.fromkeys(ENGINES, _ENGINE),
    **dict.fromkeys(TWINS, _HOST),
}
"""What can be played at each provider."""
