"""A person's rights over what is stored: see it, delete a job, be forgotten."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.jobs import Job
from bot.domain.requests import Action, JobId, Requester
from bot.guardrails.identity import KeyedIdentities
from bot.store.awaiting import forget_waiting
from bot.store.database import Row, Transaction, Unit
from bot.store.forgetting import blank, rewrite, to_be_shown_anew
from bot.store.ledger import BY_ID, Ledger
from bot.store.rows import picture_keys, reference_keys, wordless
from bot.store.traces import (
    forget_counters,
    forget_items,
    forget_late,
    forget_moderation,
    forget_passes,
    forget_rules,
    private_chat,
)

_SLICE: Final = 100
"""Jobs that a unit forgets, so that nobody else's writes wait for long."""

_MOVE_COSTS: Final = "UPDATE attempt SET tenant = :tenant WHERE job_id = :job_id"
_OF_PERSON: Final = "SELECT * FROM job WHERE platform = :platform AND user_id = :user_id"


class PrivacyLedger(Ledger):
    """The parts of `JobStore` that forget and tell."""

    async def mark_deleted(self, job_id: JobId) -> Sequence[str]:
        """The row stays as a bare line; words, prompts and steps go."""

        async def unit(tx: Transaction) -> Sequence[str]:
            rows = await tx.rows(BY_ID, job_id=job_id)
            if not rows:
                return ()
            job = self._forgettable(rows[0])
            tenant, user_id = rows[0]["tenant"], rows[0]["user_id"]
            return await blank(tx, job, tenant=tenant, user_id=user_id, now=self._clock.now())

        return await self._database.write(unit)

    async def erase_user(self, platform: str, user_id: str) -> Sequence[Job]:
        """Delete everything about a person; the jobs come back as they were, for the removal of their objects.

        What stays are bare rows that name nobody, sums of money, and keyed hashes in the audit trail. Pictures that
        others made from the person's stay theirs, but lose the words that came from the person.
        """
        private = private_chat(platform, user_id)
        erased: list[Job] = []
        while slice_ := await self._database.write(self._erase_slice(platform, user_id, private)):
            erased += slice_
        tenants = {job.request.requester.tenant for job in erased} | {private}
        for unit in (
            forget_counters(tenants, user_id),
            forget_rules(platform, user_id, private),
            forget_moderation(platform, user_id, self._stand_in(platform, user_id)),
            forget_passes(self._vault, platform, user_id),
            forget_items(platform, user_id, self._clock.now()),
            forget_waiting(platform, user_id),
        ):
            await self._database.write(unit)
        await self._database.scrub()
        return erased

    async def clear_traces(self, job_id: JobId, person: Requester) -> None:
        """What a job has left beside its row although its person, or their community, was erased meanwhile."""
        await self._database.write(
            forget_late(job_id, person, self._stand_in(person.platform, person.user_id))
        )
        await self._database.scrub()

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
            "jobs": [_exported(self._forgettable(row)) for row in rows],
            "counters": [dict(row) for row in counters],
            "moderation": await self._moderation_of(platform, user_id),
            "waiting": await self._waiting_of(platform, user_id),
        }

    async def _waiting_of(self, platform: str, user_id: str) -> Sequence[Mapping[str, Any]]:
        """What the person wants to be told of."""
        rows = await self._database.read(
            "SELECT since, until, tenant, place, job_id, part FROM awaiting WHERE platform = :platform "
            "AND user_id = :user_id ORDER BY since",
            platform=platform,
            user_id=user_id,
        )
        return [dict(row) for row in rows]

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
        reports = await self._database.read(
            "SELECT created_at, kind, words FROM moderation_case WHERE reporter = :who ORDER BY created_at",
            who=self._stand_in(platform, user_id),
        )
        found["reported"] = [
            {
                "created_at": row["created_at"],
                "kind": row["kind"],
                "text": (self._vault.readable(row["words"]) or {"text": ""})["text"],
            }
            for row in reports
        ]
        return found

    def _stand_in(self, platform: str, user_id: str) -> str:
        """The keyed hash that stands for a person."""
        return KeyedIdentities(self._vault.identity_key).safety_identifier(Requester(platform, "", user_id))

    def _erase_slice(self, platform: str, user_id: str, private: str) -> Unit[Sequence[Job]]:
        async def unit(tx: Transaction) -> Sequence[Job]:
            rows = await tx.rows(
                f"{_OF_PERSON} LIMIT :limit", platform=platform, user_id=user_id, limit=_SLICE
            )
            jobs = [self._forgettable(row) for row in rows]
            for job, row in zip(jobs, rows, strict=True):
                tenant = row["tenant"]
                if tenant == private:
                    tenant = private_chat(platform, "")
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
                await to_be_shown_anew(tx, row["job_id"], self._clock.now())
                heirs.append(JobId(row["job_id"]))


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
