"""Tables of the embedded (SQLite) and the grown-up (PostgreSQL) database, the same on both.

Times are seconds since the epoch, money is micro-dollars, JSON is text. `migrations` makes them; a test compares.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, text

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

UNRETRACTED: Final = text("state = 'deleted' AND (message <> '{}' OR handle IS NOT NULL)")
"""Deleted jobs that still stand in the chat: looked for all the time, and few."""

OPEN: Final = text("closed_at IS NULL")
"""Paid requests under way, and those of processes that died in the middle: few among all that ever were."""

JOB: Final = Table(
    "job",
    METADATA,
    Column("job_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Column("handle", Text),
    Column("message", Text, nullable=False),
    Column("owner", Text),
    Column("fence", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("deadline", Float, nullable=False),
    Column("vstart", Float, nullable=False),
    Column("parent_id", Text),
    Column("action", Text),
    Column("picture", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("finished_at", Float),
    Index(None, "state", "vstart"),
    Index(None, "parent_id"),
    Index(None, "tenant", "user_id", "created_at"),
    Index(None, "tenant", "created_at"),
    Index(None, "user_id", "platform"),
    Index(
        "ix_job_unretracted",
        "state",
        "finished_at",
        sqlite_where=UNRETRACTED,
        postgresql_where=UNRETRACTED,
    ),
)

BUDGET: Final = Table(
    "budget",
    METADATA,
    Column("scope", Text, primary_key=True),
    Column("win", Text, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("ends_at", Float),
    Index(None, "ends_at"),
)
"""What a scope has used and holds in a window; `ends_at` is empty for caps on what is running."""

HOLD: Final = Table(
    "hold",
    METADATA,
    Column("job_id", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("win", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

BUCKET: Final = Table(
    "bucket", METADATA, Column("key", Text, primary_key=True), Column("tat", Float, nullable=False)
)

TURN: Final = Table(
    "turn", METADATA, Column("tenant", Text, primary_key=True), Column("vfinish", Float, nullable=False)
)
"""Start-time fair queueing: one row a tenant, and the row "" for the queue's own clock."""

ATTEMPT: Final = Table(
    "attempt",
    METADATA,
    Column("attempt_id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("closed_at", Float),
    Column("quality", Text, nullable=False),
    Column("pictures", BigInteger, nullable=False),
    Column("pixels", BigInteger, nullable=False),
    Column("inputs", BigInteger, nullable=False),
    Column("billed", Text, nullable=False),
    Column("price", BigInteger),
    Column("cost", BigInteger),
    Column("request_id", Text),
    Column("result", Text, nullable=False),
    Column("seconds", Float),
    Index(None, "job_id"),
    Index(None, "opened_at"),
    Index("ix_attempt_open", "opened_at", sqlite_where=OPEN, postgresql_where=OPEN),
)

IMAGE_USE: Final = Table(
    "image_use",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("job_id", Text, primary_key=True),
    Index(None, "job_id"),
)

DOOMED: Final = Table(
    "doomed", METADATA, Column("key", Text, primary_key=True), Column("since", Float, nullable=False)
)
"""Objects of deleted jobs that may still lie in the image store; written with the deletion itself."""

EXPIRY: Final = Table(
    "expiry",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("reached", Float, nullable=False),
)
"""Up to which creation time the retention of a community has been carried out."""

MARKER: Final = Table(
    "marker",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("expires_at", Float, nullable=False),
    Index(None, "expires_at"),
)

POLICY: Final = Table(
    "policy",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("document", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("tenant", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("event", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index(None, "tenant", "number"),
)

AUDIT_CHAIN: Final = Table(
    "audit_chain",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("anchor", Text, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("seal", Text, nullable=False),
)
"""Where a community's chain begins (the digest of the last expired entry), its length, and a seal over both ends."""

SECRET_ITEM: Final = Table(
    "secret_item",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("updated_at", Float, nullable=False),
)

JUDGED: Final = Table(
    "judged",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "job_id"),
    Index(None, "tenant", "at"),
    Index(None, "user_id", "platform"),
)
"""Decisions about words, for moderators: sealed, and kept no longer than the words themselves."""

MODERATION_CASE: Final = Table(
    "moderation_case",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("job_id", Text),
    Column("reporter", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("approvable", BigInteger, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("claimed_at", Float, nullable=False),
    Column("ruling", Text),
    Column("created_at", Float, nullable=False),
    Column("closed_at", Float),
    Index(None, "tenant", "state", "created_at"),
    Index(None, "user_id", "platform"),
    Index(None, "job_id"),
    Index(None, "reporter"),
)
"""`reporter` is a keyed hash of whoever wrote the words."""

STRIKE: Final = Table(
    "strike",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Index(None, "tenant", "user_id", "at"),
    Index(None, "at"),
)

SUSPENSION: Final = Table(
    "suspension",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("until", Float),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)
"""Who may not ask; `until` is empty for good. `user_id` is a safety identifier where a provider named nobody else."""

PASS: Final = Table(
    "pass",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("expires_at", Float, nullable=False),
    Index(None, "expires_at"),
)
"""Keyed hashes of what may be used: console links (once), console sessions, and single approvals of words."""

STALE: Final = Table(
    "stale",
    METADATA,
    Column("job_id", Text, primary_key=True),
    Column("since", Float, nullable=False),
)
"""Jobs whose messages say more than their rows since somebody was erased, until they are shown anew."""

AWAITING: Final = Table(
    "awaiting",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("job_id", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("held_until", Float, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "part", "since"),
    Index(None, "user_id", "platform"),
    Index(None, "job_id"),
)
"""Who wants to hear when a part works again; the person and the way to answer are sealed in `document`."""
