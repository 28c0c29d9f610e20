"""The durable store: jobs, limits, money, rules, audit; SQLite embedded, PostgreSQL for replicas."""

import asyncio
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.domain.policy import Policy
from bot.ports import Clock, Health
from bot.store.audit import AuditTrail
from bot.store.database import Database
from bot.store.jobs import JobLedger
from bot.store.liveness import Liveness
from bot.store.moderation import ModerationLedger
from bot.store.policies import PolicyLedger
from bot.store.schema import migrate, sqlite_path
from bot.store.secrets import SecretItems
from bot.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Store:
    """All ledgers over one database, for one process."""

    jobs: JobLedger
    policies: PolicyLedger
    secrets: SecretItems
    moderation: ModerationLedger
    database: Database
    identity_key: SecretStr
    stack: AsyncExitStack

    async def probe(self) -> Health:
        return await self.jobs.probe()

    async def aclose(self) -> None:
        await self.stack.aclose()


async def open_store(
    url: str,
    *,
    data_dir: Path,
    clock: Clock,
    secret: SecretStr | None = None,
    default_policy: Callable[[str], Policy] = lambda _tenant: Policy(),
) -> Store:
    """Migrate and open `sqlite:///path` or `postgresql://…`.

    Raises:
        StorageError: the database cannot be used; `retryable` tells whether waiting may help.
    """
    vault = await Vault.open(secret, data_dir)
    await migrate(url)
    owner = uuid.uuid4().hex
    async with AsyncExitStack() as building:
        liveness, database = await _open(url, owner, building)
        jobs = JobLedger(database, vault, liveness, owner, clock)
        building.push_async_callback(jobs.aclose)
        return Store(
            jobs,
            PolicyLedger(database, AuditTrail(database, clock, vault.audit_key), clock, default_policy),
            SecretItems(database, vault, clock),
            ModerationLedger(database, vault, clock),
            database,
            vault.identity_key,
            building.pop_all(),
        )


async def _open(url: str, owner: str, stack: AsyncExitStack) -> tuple[Liveness, Database]:
    """The lock comes first: no row may name an owner that cannot be seen to be alive."""
    if url.startswith("sqlite:///"):
        from bot.store.liveness import FileLiveness
        from bot.store.sqlite import SqliteDatabase

        path = Path(sqlite_path(url))
        files = await asyncio.to_thread(FileLiveness, path.parent / "owners", owner)
        stack.push_async_callback(files.aclose)
        embedded = await SqliteDatabase.open(path)
        stack.push_async_callback(embedded.aclose)
        return files, embedded
    from bot.store.postgres import PostgresDatabase
    from bot.store.postgres_liveness import SessionLiveness

    session = await SessionLiveness.open(url, owner)
    stack.push_async_callback(session.aclose)
    server = await PostgresDatabase.open(url)
    stack.push_async_callback(server.aclose)
    return session, server
