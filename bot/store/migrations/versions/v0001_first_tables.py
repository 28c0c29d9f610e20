"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("handle", sa.Text),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.Float, nullable=False),
        sa.Column("deadline", sa.Float, nullable=False),
        sa.Column("vstart", sa.Float, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("action", sa.Text),
        sa.Column("picture", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("finished_at", sa.Float),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
    )
    for columns in (
        ("state", "vstart"),
        ("parent_id",),
        ("tenant", "user_id", "created_at"),
        ("tenant", "created_at"),
        ("user_id", "platform"),
    ):
        _index("job", *columns)
    unretracted = sa.text("state = 'deleted' AND (message <> '{}' OR handle IS NOT NULL)")
    op.create_index(
        "ix_job_unretracted",
        "job",
        ["state", "finished_at"],
        sqlite_where=unretracted,
        postgresql_where=unretracted,
    )
    op.create_table(
        "budget",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("win", sa.Text, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("ends_at", sa.Float),
        sa.PrimaryKeyConstraint("scope", "win", name="pk_budget"),
    )
    _index("budget", "ends_at")
    op.create_table(
        "hold",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("win", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "scope", "win", name="pk_hold"),
    )
    op.create_table(
        "bucket",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("tat", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_bucket"),
    )
    op.create_table(
        "turn",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("vfinish", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_turn"),
    )
    op.create_table(
        "attempt",
        sa.Column("attempt_id", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("closed_at", sa.Float),
        sa.Column("quality", sa.Text, nullable=False),
        sa.Column("pictures", sa.BigInteger, nullable=False),
        sa.Column("pixels", sa.BigInteger, nullable=False),
        sa.Column("inputs", sa.BigInteger, nullable=False),
        sa.Column("billed", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger),
        sa.Column("cost", sa.BigInteger),
        sa.Column("request_id", sa.Text),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_attempt"),
    )
    _index("attempt", "job_id")
    _index("attempt", "opened_at")
    under_way = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_attempt_open", "attempt", ["opened_at"], sqlite_where=under_way, postgresql_where=under_way
    )
    op.create_table(
        "image_use",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", "job_id", name="pk_image_use"),
    )
    _index("image_use", "job_id")
    op.create_table(
        "doomed",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_doomed"),
    )
    op.create_table(
        "expiry",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reached", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", name="pk_expiry"),
    )
    op.create_table(
        "marker",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_marker"),
    )
    _index("marker", "expires_at")
    op.create_table(
        "policy",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version", name="pk_policy"),
    )
    op.create_table(
        "audit",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    _index("audit", "tenant", "number")
    op.create_table(
        "audit_chain",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_audit_chain"),
    )
    op.create_table(
        "secret_item",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_secret_item"),
    )
    op.create_table(
        "judged",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judged"),
    )
    _index("judged", "job_id")
    _index("judged", "tenant", "at")
    _index("judged", "user_id", "platform")
    op.create_table(
        "moderation_case",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text),
        sa.Column("reporter", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("approvable", sa.BigInteger, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.Float, nullable=False),
        sa.Column("ruling", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("closed_at", sa.Float),
        sa.PrimaryKeyConstraint("case_id", name="pk_moderation_case"),
    )
    _index("moderation_case", "tenant", "state", "created_at")
    _index("moderation_case", "user_id", "platform")
    _index("moderation_case", "job_id")
    _index("moderation_case", "reporter")
    op.create_table(
        "strike",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_strike"),
    )
    _index("strike", "tenant", "user_id", "at")
    _index("strike", "at")
    op.create_table(
        "suspension",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("until", sa.Float),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "platform", "user_id", name="pk_suspension"),
    )
    op.create_table(
        "pass",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("digest", "kind", name="pk_pass"),
    )
    _index("pass", "expires_at")
    op.create_table(
        "stale",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_stale"),
    )
    op.create_table(
        "awaiting",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("held_until", sa.Float, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user_id", "place", name="pk_awaiting"),
    )
    _index("awaiting", "part", "since")
    _index("awaiting", "user_id", "platform")
    _index("awaiting", "job_id")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
