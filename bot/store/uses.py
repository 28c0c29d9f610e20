"""Which job uses which object of the image store: what nobody uses any more may be deleted."""

from collections.abc import Sequence

from bot.store.database import Statement
from bot.store.inserting import inserting


def using(job_id: str, keys: Sequence[str]) -> Statement | None:
    """The job uses these objects from now on; noted before is no error."""
    return inserting("image_use", ("key", "job_id"), [(key, job_id) for key in keys], "DO NOTHING")


def doomed_no_more(keys: Sequence[str]) -> Statement:
    """What is used is not expected any more, nor to be deleted."""
    names = {f"key{place}": key for place, key in enumerate(keys)}
    return Statement(f"DELETE FROM doomed WHERE key IN ({', '.join(f':{name}' for name in names)})", names)


def shown_for(job_id: str) -> str:
    """Stands for the job's messages among the users of objects: what they show stays as long as the job does."""
    return f"shown:{job_id}"


def using_no_more(job_id: str, besides: Sequence[str]) -> Statement:
    """The job uses nothing but these objects."""
    names = {f"key{place}": key for place, key in enumerate(besides)}
    others = f" AND key NOT IN ({', '.join(f':{name}' for name in names)})" if names else ""
    return Statement(f"DELETE FROM image_use WHERE job_id = :job_id{others}", {"job_id": job_id, **names})
