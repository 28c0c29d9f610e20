"""The operations guide: its figures are those of the code and of the newest measurements, its statement works."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.domain.errors import StorageError
from bot.domain.moderators import Case, CaseKind, CaseState, Judged
from bot.domain.money import dollars
from bot.domain.requests import JobId
from bot.guardrails.presets import default_policy
from bot.store import open_store
from bot.store.database import Transaction
from tests.support.make import NOW, requester

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text()
TENANT = "discord:4711"


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_what_a_community_begins_with_is_what_it_is_given() -> None:
    text = " ".join(section("How large").split())
    community, team = default_policy("discord:1").limits, default_policy("slack:T1").limits

    assert (
        f"{community.per_user_day} pictures a day for a person and {community.per_tenant_day} for all, "
        f"${dollars(community.budget_day):.0f} a day and ${dollars(community.budget_month):.0f} a month"
    ) in text
    assert (
        f"a Slack workspace {team.per_user_day}, {team.per_tenant_day}, ${dollars(team.budget_day):.0f} "
        f"and ${dollars(team.budget_month):.0f}"
    ) in text
    moderators = " ".join((ROOT / "docs" / "moderators.md").read_text().split())
    assert (
        f"it begins with ${dollars(community.budget_month):.0f} in Discord, ${dollars(team.budget_month):.0f} in Slack, "
        f"and ${dollars(community.budget_day):.0f} a day; {community.per_tenant_day} pictures a day for all"
    ) in moderators


def test_the_figures_are_within_the_measured_ones() -> None:
    text = " ".join(section("How large").split())
    bench = (ROOT / "bench" / "RESULTS.md").read_text()
    soak = (ROOT / "docs" / "soak.md").read_text()
    busy = re.search(r"\| ours, busy \| [\d.]+% \| \d+ \([^)]*\) \| (\d+) ", bench)
    many = re.search(r"^\| 200 \| 2 \|[^|]*\| 200 \| [\d.]+ \| ([\d.]+) \|", bench, re.MULTILINE)
    asked = re.search(r"(\d+) requests", soak)
    assert busy is not None
    assert many is not None
    assert asked is not None

    assert "within a quarter of a second at p99" in text
    assert int(busy[1]) <= 250
    assert "200 pictures at once take it to less than 512 MB" in text
    assert float(many[1]) < 512
    assert "thousands of requests in half an hour" in text
    assert int(asked[1]) >= 2000


def test_a_backup_is_made_as_it_is_tried() -> None:
    """`tests/durability/test_backup.py` makes one and restores it."""
    tried = (ROOT / "tests" / "durability" / "test_backup.py").read_text()

    for said, done in (
        ("pg_dump -Fc", '"pg_dump"), "-Fc"'),
        ("pg_restore --clean --if-exists --no-owner", '"pg_restore", "--clean", "--if-exists", "--no-owner"'),
        ("imagine.db-wal", "imagine.db-wal"),
        ("imagine.db-shm", "imagine.db-shm"),
        ("DATA_DIR/images", 'data / "images"'),
        ("DATA_DIR/secret.key", 'data / "secret.key"'),
    ):
        assert said in section("Back up")
        assert done in tried


def test_a_replica_holds_so_many_connections() -> None:
    pool = re.search(r"max_size=(\d+)", (ROOT / "bot" / "store" / "postgres.py").read_text())
    assert pool is not None

    writer, liveness = 1, 1
    assert f"up to {int(pool[1]) + writer + liveness} connections a replica" in GUIDE


def test_the_rights_at_the_store_are_those_that_are_used() -> None:
    needs = {
        "copy_object": {"s3:GetObject", "s3:PutObject"},
        "delete_object": {"s3:DeleteObject"},
        "get_bucket_versioning": {"s3:GetBucketVersioning"},
        "get_object": {"s3:GetObject"},
        "head_bucket": {"s3:ListBucket"},
        "put_object": {"s3:PutObject"},
    }
    used = set(re.findall(r"_client\.([a-z_]+)\(", (ROOT / "bot" / "hosting" / "s3.py").read_text()))

    assert used == set(needs)
    assert set(re.findall(r"`(s3:\w+)`", GUIDE)) == set.union(*needs.values())


async def test_a_lost_secret_is_given_up_as_the_guide_says(database_url: str, tmp_path: Path) -> None:
    found = re.search(r"```sql\n(.*?)```", section("Change a secret"), re.DOTALL)
    assert found is not None
    statements = [one for one in found[1].split(";") if one.strip()]
    clock, old, new = SystemClock(), SecretStr("old"), SecretStr("new")
    first = await open_store(database_url, data_dir=tmp_path, clock=clock, secret=old)
    await first.secrets.check_secret()
    await first.secrets.put("slack_installation", "T1", {"token": "xoxb-1"})
    await first.moderation.note(
        Judged(requester(), "a brass owl", NOW, "reject", job_id="job", reason="violence")
    )
    job = JobId("job")
    appeal = Case("1" * 16, TENANT, CaseKind.APPEAL, CaseState.OPEN, "discord", "42", job, NOW, text="please")
    await first.moderation.open_case(appeal)
    await first.aclose()

    later = await open_store(database_url, data_dir=tmp_path, clock=clock, secret=new)
    try:
        with pytest.raises(StorageError, match="SECRET_KEY"):
            await later.secrets.check_secret()

        async def give_up(tx: Transaction) -> None:
            for statement in statements:
                await tx.run(statement)

        await later.database.write(give_up)
        await later.secrets.check_secret()
        (case,) = await later.moderation.cases(TENANT, [CaseState.OPEN])
        assert (case.job_id, case.text) == ("job", "")
        assert list(await later.moderation.decisions(TENANT)) == []
        assert await later.secrets.ids("slack_installation") == []
    finally:
        await later.aclose()
