"""The real bolt over HTTP before the Slack twin, in this process, with a core that raises at its n-th call."""

import inspect
from collections.abc import AsyncIterator, MutableMapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from adapters.slack.adapter import SlackAdapter
from adapters.slack.handle import Handle
from adapters.slack.settings import SlackSettings
from bot.adapter_api import AdapterContext
from bot.domain.errors import NoVerdict, StorageError
from bot.domain.jobs import Job
from bot.domain.policy import Limits, Policy
from bot.domain.requests import Requester
from bot.pipeline.studio import Ask
from bot.ports import Accepted
from bot.web.plane import listen, serving
from tests.support.rig import FakeChat, Rig
from tests.twins.slack_twin import BOT_TOKEN, SIGNING_SECRET, TEAM, Message, Person, SlackTwin

ART = "C000ART00"
TENANT = f"slack:{TEAM}"
FREE = Policy(limits=Limits(0, 0, per_tenant_day=0, concurrent_per_user=0, budget_day=0, budget_month=0))
NESTED = {"parts", "jobs", "policies", "secrets", "store"}
BUTTONS = (
    "share",
    "reroll",
    "vary",
    "edit",
    "reword",
    "appeal",
    "delete",
    "report",
    "compare",
    "use",
    "cancel",
    "notify",
)


@dataclass
class Plant:
    """Raises in the n-th awaited call of everything that it is wrapped around; 0 means never.

    `away`: the database is, and every call says so.
    """

    countdown: int = 0
    hit: bool = False
    away: bool = False

    def around(self, inner: Any) -> Any:
        return _Planted(inner, self)

    def step(self) -> None:
        if self.away:
            raise StorageError("the database is away")
        if self.countdown > 0:
            self.countdown -= 1
            if self.countdown == 0:
                self.hit = True
                raise RuntimeError("planted at /home/secret/place.py with sk-proj-0123456789abcdefghij")


class _Planted:
    def __init__(self, inner: Any, plant: Plant) -> None:
        self._inner, self._plant = inner, plant

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name in NESTED:
            return _Planted(value, self._plant)
        if not inspect.iscoroutinefunction(value) or name == "delete_older":  # a chore, behind no listener
            return value

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._plant.step()
            return await value(*args, **kwargs)

        return call


@dataclass
class Room:
    slack: SlackTwin
    adapter: SlackAdapter
    rig: Rig
    plant: Plant
    logs: list[MutableMapping[str, Any]]
    chat: FakeChat

    async def quiet(self) -> None:
        await self.adapter._background.drain(20.0)

    async def failed(self, person: Person, key: str) -> Message:
        """As `picture`, of a request that has found nobody to check its words."""
        checks = self.rig.sanitizer, self.rig.moderator
        assert checks[1] is not None
        checks[0].verdict, checks[1].text_down = NoVerdict("outage"), True
        try:
            return await self.picture(person, key)
        finally:
            checks[0].verdict, checks[1].text_down = None, False

    async def picture(self, person: Person, key: str, thread: str = "") -> Message:
        """A finished picture of the person's, with every button there is; with a thread also its first version."""
        waiting, self.plant.countdown = self.plant.countdown, 0
        requester = Requester("slack", TENANT, person.id, ART, thread or None, public=bool(thread))
        handle = Handle(TENANT, person.id, ART, thread or None, private=not thread)
        asked = await self.rig.studio.submit(Ask(key, requester, "a brass owl", handle=handle.to_json()))
        assert isinstance(asked, Accepted)
        await self.rig.studio.begin(asked.job.job_id, handle.to_json(), {"channel": ART})
        job = await self.rig.end_of(asked.job.job_id)
        if thread:
            await self.adapter._desk.threads.add(str(handle.place), job.job_id, None)
        message = Message(ART, "1.0", "x", [_row(job)], None if thread else person.id, thread or None)
        self.slack.messages.append(message)
        self.plant.countdown = waiting
        return message

    @property
    def told_by_jobs(self) -> int:
        """Faults that nobody apologised for, because a job in the ledger tells its own end."""
        return sum(entry.get("told_by") == "job" for entry in self.logs)


def _row(job: Job) -> dict[str, Any]:
    elements = [
        {
            "type": "button",
            "action_id": f"imagine_{name}",
            "value": f"{name}:{job.job_id}",
            "text": {"type": "plain_text", "text": name},
        }
        for name in BUTTONS
    ]
    return {"type": "actions", "block_id": "x", "elements": elements}


@asynccontextmanager
async def open_room(
    folder: Path,
    database: str = "",
    *,
    added: AbstractSet[str] = frozenset(),
    declined: AbstractSet[str] = frozenset(),
) -> AsyncIterator[Room]:
    """`database` is an address, by default a file in the folder.

    `added` are scopes beyond the manifest, `declined` those of it that the workspace does not give.
    """
    plant = Plant()
    with capture_logs() as logs:  # hundreds of stack traces take longer to draw than all the rest
        async with SlackTwin() as slack:
            slack.added |= added
            slack.declined |= declined
            async with _room(folder, plant, logs, database, slack) as room:
                yield room


@asynccontextmanager
async def _room(
    folder: Path,
    plant: Plant,
    logs: list[MutableMapping[str, Any]],
    database: str,
    slack: SlackTwin,
) -> AsyncIterator[Room]:
    async with Rig(folder, policy=FREE, database=database) as rig:
        # Jobs run, and what comes of them is none of the listeners' affair.
        chat = FakeChat("slack", shown_at={"channel": ART, "ts": "1.0"})
        rig.parts.adapters["slack"] = chat  # type: ignore[index]
        context = AdapterContext(
            studio=plant.around(rig.studio),
            images=plant.around(rig.parts.images),
            policies=plant.around(rig.store.policies),
            secrets=plant.around(rig.store.secrets),
            telemetry=rig.observed,
            clock=rig.parts.clock,
            data_dir=folder,
            base_url="http://127.0.0.1",
            loopback=True,
            playground_token=None,
            offline=False,
            desk=plant.around(rig.desk),
        )
        settings = SlackSettings(
            slack_bot_token=SecretStr(BOT_TOKEN),
            slack_signing_secret=SecretStr(SIGNING_SECRET),
            slack_api_base_url=f"{slack.origin}/api/",
        )
        adapter = SlackAdapter(context, settings)
        listener = listen("127.0.0.1", 0)
        slack.bot_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        slack.hosts["cdn.example"] = slack.bot_url

        async def image(request: Request) -> Response:
            return Response(await rig.parts.images.read(request.path_params["key"]))

        routes = [*adapter.routes(), Route("/images/{key:path}", image)]
        async with serving(Starlette(routes=routes), listener):
            await adapter.start()
            try:
                yield Room(slack, adapter, rig, plant, logs, chat)
            finally:
                await adapter.stop_intake()
                await adapter.aclose()
