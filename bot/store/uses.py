"""Which job uses which object of the image store: what nobody uses any more may be deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.store.database import Statement
from bot.store.inserting import listed


def using(
    job_id: str, keys: Sequence[str], where: str = "true", values: Mapping[str, Any] | None = None
) -> Statement:
    """The job uses these objects (at least one) from now on, if so; noted before is no error."""
    places, uses = listed([(key, job_id) for key in keys])
    sql = (
        f"INSERT INTO image_use(key, job_id) SELECT column1, column2 FROM (VALUES {places}) AS uses "
        f"WHERE {where} ON CONFLICT DO NOTHING"
    )
    return Statement(sql, {**(values or {}), **uses})


def using_no_more(job_id: str, besides: Sequence[str]) -> Statement:
    """The job uses nothing but these objects."""
    names = {f"key{place}": key for place, key in enumerate(besides)}
    others = f" AND key NOT IN ({', '.join(f':{name}' for name in names)})" if names else ""
    return Statement(f"DELETE FROM image_use WHERE job_id = :job_id{others}", {"job_id": job_id, **names})
