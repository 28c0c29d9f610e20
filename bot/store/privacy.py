"""A person's rights over what is stored: see it, delete a job, be forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.jobs import Job
from bot.domain.requests import Action, JobId
from bot.store.database import Row, Transaction, Unit
from bot.store.forgetting import blank, rewrite
from bot.store.ledger import BY_ID, Ledger
from bot.store.rows import picture_keys, reference_keys, wordless

_SLICE: Final = 100
"""Jobs that a unit forgets, so that nobody else's writes wait for long."""

_MOVE_COSTS: Final = "UPDATE attempt SET tenant = :tenant WHERE job_id = :job_id"
_OF_PERSON: Final = "SELECT * FROM job WHERE platform = :platform AND user_id = :user_id"


class PrivacyLedger(Ledger):
    """The parts of `JobStore` that forget and tell."""

    async def mark_deleted(self, job_id: JobId) -> None:
        """The row stays as a bare line; words, prompts, handle and steps go."""

        async def unit(tx: Transaction) -> None:
            rows = await tx.rows(BY_ID, job_id=job_id)
            if rows:
                job = self._job(rows[0])
                tenant, user_id = rows[0]["tenant"], rows[0]["user_id"]
                await blank(tx, job, tenant=tenant, user_id=user_id, now=self._clock.now())

        await self._database.write(unit)

    async def shared_keys(self, keys: Sequence[str], besides: JobId) -> frozenset[str]:
        """Those of the image keys that another job still shows, or an unfinished one draws from."""
        shared: set[str] = set()
        for key in keys:
            sql = "SELECT 1 AS one FROM image_use WHERE key = :key AND job_id <> :besides LIMIT 1"
            if await self._database.read(sql, key=key, besides=besides):
                shared.add(key)
        return frozenset(shared)

    async def erase_user(self, platform: str, user_id: str) -> Sequence[Job]:
        """Delete everything about a person; the jobs come back as they were, for the removal of their objects.

        What stays are bare rows that name nobody, sums of money, and keyed hashes in the audit trail. Pictures that
        others made from the person's stay theirs, but lose the words that came from the person.
        """
        private = f"{platform}:user:{user_id}"
        erased: list[Job] = []
        while slice_ := await self._database.write(self._erase_slice(platform, user_id, private)):
            erased += slice_
        tenants = {job.request.requester.tenant for job in erased} | {private}
        await self._database.write(_forget_counters(tenants, user_id))
        await self._database.write(_forget_rules(platform, user_id, private))
        await self._database.write(_forget_moderation(platform, user_id))
        await self._database.scrub()
        return erased

    async def scrub(self) -> None:
        """Overwrite what was forgotten, as far as the database can."""
        await self._database.scrub()

    async def export_user(self, platform: str, user_id: str) -> Mapping[str, Any]:
        """Everything about a person, as JSON-compatible values; times in seconds since the epoch."""
        rows = await self._database.read(
            f"{_OF_PERSON} ORDER BY created_at", platform=platform, user_id=user_id
        )
        tenants = sorted({row["tenant"] for row in rows})
        counters: list[Row] = []
        for tenant in tenants:
            scope = f"{tenant}/user:{user_id}"
            counters += await self._database.read(
                "SELECT scope, win, used, held FROM budget WHERE scope = :scope OR "
                "substr(scope, 1, :length) = :below ORDER BY scope, win",
                scope=scope,
                below=f"{scope}/",
                length=len(scope) + 1,
            )
        return {
            "platform": platform,
            "user_id": user_id,
            "jobs": [_exported(self._job(row)) for row in rows],
            "counters": [dict(row) for row in counters],
            "moderation": await self._moderation_of(platform, user_id),
        }

    async def _moderation_of(self, platform: str, user_id: str) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for table, columns in (
            ("judged", "at, decision, decided_by, reason"),
            ("strike", "at, reason"),
            ("suspension", "at, until, reason"),
            ("moderation_case", "created_at, kind, state, ruling"),
        ):
            rows = await self._database.read(
                f"SELECT {columns} FROM {table} WHERE platform = :platform AND user_id = :user_id ORDER BY 1",
                platform=platform,
                user_id=user_id,
            )
            found[table] = [dict(row) for row in rows]
        return found

    def _erase_slice(self, platform: str, user_id: str, private: str) -> Unit[Sequence[Job]]:
        async def unit(tx: Transaction) -> Sequence[Job]:
            rows = await tx.rows(
                f"{_OF_PERSON} LIMIT :limit", platform=platform, user_id=user_id, limit=_SLICE
            )
            jobs = [self._job(row) for row in rows]
            for job, row in zip(jobs, rows, strict=True):
                tenant = row["tenant"]
                if tenant == private:
                    tenant = f"{platform}:user:"
                    await tx.run(_MOVE_COSTS, tenant=tenant, job_id=job.job_id)
                await blank(tx, job, tenant=tenant, user_id="", now=self._clock.now())
                await self._forget_inherited(tx, job.job_id, user_id)
            return jobs

        return unit

    async def _forget_inherited(self, tx: Transaction, job_id: JobId, user_id: str) -> None:
        """Buttons pass words on: take them out of others' jobs, down to where somebody wrote words of their own."""
        heirs = [job_id]
        while heirs:
            children = await tx.rows(
                "SELECT * FROM job WHERE parent_id = :parent_id AND user_id <> :user_id AND user_id <> '' "
                "AND action <> :own_words AND state <> 'deleted'",
                parent_id=heirs.pop(),
                user_id=user_id,
                own_words=Action.REWORD.value,
            )
            for row in children:
                await rewrite(tx, wordless(self._job(row), inherited=True))
                heirs.append(JobId(row["job_id"]))


def _forget_counters(tenants: set[str], user_id: str) -> Unit[None]:
    """Scopes of a person are "<community>/user:<id>" and below (see `guardrails.quotas`)."""

    async def unit(tx: Transaction) -> None:
        for tenant in tenants:
            scope = f"{tenant}/user:{user_id}"
            for table, column in (("budget", "scope"), ("bucket", "key")):
                await tx.run(
                    f"DELETE FROM {table} WHERE {column} = :scope OR substr({column}, 1, :length) = :below",
                    scope=scope,
                    below=f"{scope}/",
                    length=len(scope) + 1,
                )

    return unit


def _forget_rules(platform: str, user_id: str, private: str) -> Unit[None]:
    """Who changed a community's rules, and all about the private conversation, whose name holds the person's id."""

    async def unit(tx: Transaction) -> None:
        await tx.run(
            "UPDATE policy SET actor = '' WHERE actor = :user_id AND substr(tenant, 1, :length) = :platform",
            user_id=user_id,
            platform=f"{platform}:",
            length=len(platform) + 1,
        )
        for table in ("turn", "policy", "audit", "audit_chain", "expiry"):
            await tx.run(f"DELETE FROM {table} WHERE tenant = :private", private=private)
        await tx.run(
            "DELETE FROM budget WHERE substr(scope, 1, :length) = :below",
            below=f"{private}/",
            length=len(private) + 1,
        )

    return unit


def _forget_moderation(platform: str, user_id: str) -> Unit[None]:
    """Decisions and strikes go; of cases a bare line stays. A suspension stays: it is what keeps others safe."""

    async def unit(tx: Transaction) -> None:
        person = {"platform": platform, "user_id": user_id}
        where = "platform = :platform AND user_id = :user_id"
        await tx.run(f"DELETE FROM judged WHERE {where}", **person)
        await tx.run(f"DELETE FROM strike WHERE {where}", **person)
        await tx.run(f"UPDATE moderation_case SET user_id = '', words = '' WHERE {where}", **person)

    return unit


def _exported(job: Job) -> Mapping[str, Any]:
    lineage = job.request.lineage
    return {
        "job_id": job.job_id,
        "created_at": job.created_at,
        "state": job.state.value,
        "tenant": job.request.requester.tenant,
        "channel_id": job.request.requester.channel_id,
        "display_name": job.request.requester.display_name,
        "words": job.request.words,
        "exclude": job.request.options.exclude,
        "instruction": lineage.instruction if lineage else None,
        "prompt": job.steps.words.prompt if job.steps.words else None,
        "objects": [*picture_keys(job.steps), *reference_keys(job.request, job.steps)],
    }
