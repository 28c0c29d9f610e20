"""The whole core on a real SQLite ledger and a real folder, with scripted providers and text models."""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.clock import SystemClock
from bot.domain.clock import Deadline
from bot.domain.errors import InvalidImage, NoVerdict, ProviderFailed
from bot.domain.images import MediaType
from bot.domain.jobs import Job
from bot.domain.moderation import ModerationScores
from bot.domain.outcomes import Outcome
from bot.domain.policy import Policy
from bot.domain.requests import JobId, Reference, Requester
from bot.domain.verdict import Decision, Verdict
from bot.guardrails.identity import KeyedIdentities
from bot.hosting.local import LocalStore
from bot.hosting.noted import NotedStore
from bot.moderation.desk import Desk, open_desk
from bot.moderation.ports import Card
from bot.moderation.watch import DeskWatch, SecondLook
from bot.pipeline.progress import ProgressBus
from bot.pipeline.run import Parts
from bot.pipeline.studio import Ask, Studio
from bot.pipeline.verdict_cache import VerdictCache
from bot.pipeline.workers import Workers
from bot.ports import (
    Accepted,
    Check,
    Health,
    ImageStore,
    LocalRules,
    MarksReader,
    PictureScorer,
    Progress,
    SanitizeTask,
    SecondCheck,
)
from bot.providers.circuit import Circuit
from bot.providers.route import Route
from bot.providers.router import Router
from bot.sanitizers.rules import RuleSanitizer
from bot.store import Store, open_store
from tests.support.fakes import Observed, ScriptedProvider, produced
from tests.support.make import requester
from tests.support.tables import sqlite_with_tables


@dataclass
class FakeSanitizer:
    """Allows everything with the words as they are, unless told otherwise."""

    verdict: Verdict | NoVerdict | None = None
    tasks: list[SanitizeTask] = field(default_factory=list)

    async def judge(self, task: SanitizeTask, deadline: Deadline) -> Verdict:
        self.tasks.append(task)
        if isinstance(self.verdict, NoVerdict):
            raise self.verdict
        return self.verdict or Verdict(
            Decision.ALLOW, safe_prompt=task.words, alt_text=f"Picture: {task.words}"[:300]
        )


@dataclass
class FakeModerator:
    """Scores by word; `down` makes it fail."""

    text_scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    image_scores: Sequence[Mapping[str, float]] = ()
    text_down: bool = False
    image_down: int = 0
    images_seen: int = 0

    async def score_text(self, texts: Sequence[str], deadline: Deadline) -> Sequence[ModerationScores]:
        if self.text_down:
            raise ProviderFailed("moderation")
        return [ModerationScores(self._scores(text)) for text in texts]

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        if self.image_down > 0:
            self.image_down -= 1
            raise ProviderFailed("moderation")
        self.images_seen += 1
        scores = (
            self.image_scores[min(self.images_seen, len(self.image_scores)) - 1] if self.image_scores else {}
        )
        return ModerationScores(scores)

    def _scores(self, text: str) -> Mapping[str, float]:
        return next((scores for word, scores in self.text_scores.items() if word in text), {"violence": 0.01})


@dataclass
class FakeLocalCheck:
    """A model on the machine: a score a picture, the last one again and again; None is no answer."""

    scores: Sequence[float | None] = (0.01,)
    seen: int = 0

    async def score_image(self, data: bytes, media_type: MediaType, deadline: Deadline) -> ModerationScores:
        del data, media_type, deadline
        self.seen += 1
        score = self.scores[min(self.seen, len(self.scores)) - 1]
        if score is None:
            raise ProviderFailed("local")
        return ModerationScores({"sexual": score}, "opennsfw")


@dataclass
class FakeChat:
    """A chat adapter that remembers what it was given."""

    name: str = "discord"
    delivered: list[tuple[Job, Outcome]] = field(default_factory=list)
    shown: list[Progress] = field(default_factory=list)
    retracted: list[JobId] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    faults_of_retract: list[Exception] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    shown_at: dict[str, Any] = field(default_factory=lambda: {"message_id": "5"})
    cards: list[tuple[str, Card]] = field(default_factory=list)
    told: list[tuple[str, Card]] = field(default_factory=list)

    async def post_card(self, tenant: str, channel_id: str, card: Card) -> bool:
        self.cards.append((channel_id, card))
        return True

    async def tell_person(self, tenant: str, user_id: str, channel_id: str, card: Card) -> bool:
        self.told.append((user_id, card))
        return True

    async def start(self) -> None: ...

    async def stop_intake(self) -> None: ...

    async def aclose(self) -> None: ...

    async def progress(self, job: Job, progress: Progress) -> None:
        self.shown.append(progress)

    async def deliver(self, job: Job, outcome: Outcome) -> Mapping[str, Any]:
        if self.faults:
            raise self.faults.pop(0)
        self.delivered.append((job, outcome))
        return self.shown_at

    async def fetch(self, reference: Reference) -> bytes:
        if reference.key not in self.files:
            raise InvalidImage("not given out")
        return self.files[reference.key]

    async def retract(self, job: Job) -> None:
        if self.faults_of_retract:
            raise self.faults_of_retract.pop()
        assert job.message or job.handle, "it has to say where the job is shown"
        self.retracted.append(job.job_id)

    async def health(self) -> Health:
        return Health(ok=True)

    async def examine(self) -> Sequence[Check]:
        return ()

    def routes(self) -> Sequence[Any]:
        return ()


@dataclass
class Rig:
    """Open it with `async with`; change a part's behaviour before submitting."""

    folder: Path
    providers: Sequence[ScriptedProvider] = field(
        default_factory=lambda: (ScriptedProvider("openai", [[produced("openai")]]),)
    )
    policy: Policy = field(default_factory=Policy)
    moderator: FakeModerator | None = field(default_factory=FakeModerator)
    sanitizer: FakeSanitizer = field(default_factory=FakeSanitizer)
    chat: FakeChat = field(default_factory=FakeChat)
    observed: Observed = field(default_factory=Observed)
    images: ImageStore | None = None
    concurrency: int = 8
    second_look: SecondLook | None = None
    cache_seconds: float = 0.0
    database: str = ""
    second_check: SecondCheck | None = None
    local_check: PictureScorer | None = None
    marks: MarksReader | None = None
    rules: LocalRules = field(default_factory=RuleSanitizer)
    store: Store = field(init=False)
    parts: Parts = field(init=False)
    studio: Studio = field(init=False)
    desk: Desk = field(init=False)
    workers: Workers = field(init=False)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _asked: int = 0

    async def __aenter__(self) -> Self:
        clock = SystemClock()
        self.store = await open_store(
            self.database or await sqlite_with_tables(self.folder / "imagine.db"),
            data_dir=self.folder,
            clock=clock,
            default_policy=lambda _tenant: self.policy,
        )
        self._stack.push_async_callback(self.store.aclose)
        self.images = self.images or LocalStore(self.folder / "images", "https://cdn.example", public=True)
        self.parts = Parts(
            clock=clock,
            jobs=self.store.jobs,
            policies=self.store.policies,
            images=NotedStore(self.images, self.store.jobs),
            router=self._router(self.store.jobs),
            sanitizer=self.sanitizer,
            moderator=self.moderator,
            rules=self.rules,
            second_check=self.second_check,
            local_check=self.local_check,
            marks=self.marks,
            verdicts=VerdictCache(self.cache_seconds),
            identities=KeyedIdentities(self.store.identity_key),
            telemetry=self.observed,
            progress=ProgressBus(),
            adapters={self.chat.name: self.chat},
            retry_seconds=0.01,
        )
        self.desk = open_desk(self.parts, self.store.moderation, self.store.policies, "https://bot.example")
        self.parts = dataclasses.replace(self.parts, watch=DeskWatch(self.desk, self.second_look))
        self.workers = Workers(self.parts, self.concurrency)
        self.studio = Studio(self.parts, self.workers.wake)
        await self.workers.start()
        return self

    def _router(self, ledger: Any) -> Router:
        clock = SystemClock()
        routes = [Route(one, Circuit(clock.now), asyncio.Semaphore(8)) for one in self.providers]
        return Router(routes, ledger, clock, self.observed)

    async def __aexit__(self, *_: object) -> None:
        await self.workers.stop(grace=5.0)
        await self._stack.aclose()

    def ask(self, text: str = "a brass owl", **changes: Any) -> Ask:
        self._asked += 1
        values: dict[str, Any] = {"key": f"discord:{self._asked}", "requester": requester(), "text": text}
        return Ask(**{**values, **changes})

    async def finished(self, text: str = "a brass owl", **changes: Any) -> Job:
        """Submit, begin, and wait for the end."""
        accepted = await self.studio.submit(self.ask(text, **changes))
        assert isinstance(accepted, Accepted), accepted
        return await self.begun(accepted)

    async def begun(self, accepted: Accepted) -> Job:
        assert await self.studio.begin(accepted.job.job_id, {"token": "t"}, {"message_id": "5"})
        return await self.end_of(accepted.job.job_id)

    async def end_of(self, job_id: JobId, seconds: float = 30.0) -> Job:
        async with asyncio.timeout(seconds):
            async for job, _ in self.studio.watch(job_id):
                if job.state.final:
                    return job
        raise AssertionError("a watched job ends")

    def use_ledger(self, ledger: Any) -> None:
        """From now on the workers and the router work on this one; before anything was asked for."""
        self.parts = dataclasses.replace(self.parts, jobs=ledger, router=self._router(ledger))
        self.studio = dataclasses.replace(self.studio, parts=self.parts)
        self.workers.parts = self.parts

    def with_policy(self, **parts: Any) -> None:
        self.policy = dataclasses.replace(self.policy, **parts)


OTHER: Requester = requester(user_id="43", display_name="Bob")
MODERATOR: Requester = requester(user_id="44", moderator=True)
ELSEWHERE: Requester = requester(tenant="discord:999")
