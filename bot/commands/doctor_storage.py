"""Doctor: the database and the place where pictures lie."""

import io
import secrets
from collections.abc import AsyncIterator, Sequence

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.app import Application, probed
from bot.domain.errors import StorageError
from bot.domain.images import MediaType
from bot.hosting.s3 import S3Store
from bot.http import open_http
from bot.ports import Check, ImageStore
from bot.settings import Settings


async def check_storage(app: Application) -> AsyncIterator[Check]:
    """Everything about the place where pictures lie."""
    for check in await check_store(app.images):
        yield check
    if isinstance(app.images, S3Store):
        yield await check_conditional_put(app.images)
        yield await check_versions(app.images)


def check_secret(settings: Settings) -> Check | None:
    """Replicas that have made each a key of their own cannot read one another's rows, nor check the audit trail."""
    if settings.storage.secret_key is not None or settings.storage.database.startswith("sqlite:"):
        return None
    detail = "SECRET_KEY is not set: this machine has made its own, and every other replica makes another one"
    remedy = "Set SECRET_KEY, the same for every replica; to keep what is sealed already, to what stands in DATA_DIR/secret.key."
    return Check("secret key", "warning", detail, remedy)


async def check_database(app: Application) -> Check:
    """Whether it answers, and takes writes."""
    health = await probed(app.store.probe())
    if health.ok:
        try:
            await app.store.jobs.mark_once(f"doctor:{secrets.token_hex(8)}", 1.0)
        except StorageError as fault:
            remedy = (
                "Make room on the database's disk; on PostgreSQL see that DATABASE_URL leads to the primary."
            )
            return Check("database", "failure", f"takes no writes: {fault.problem}", remedy)
        return Check("database", "ok", health.detail or "schema is the newest")
    return Check("database", "failure", health.detail, "Check DATABASE_URL and DATA_DIR.")


async def check_store(images: ImageStore) -> Sequence[Check]:
    """Write both parts, read back, public read over the CDN base, no public read of the private part, delete."""
    probe = _tiny_picture()
    try:
        kept = await images.keep(probe, MediaType.PNG, width=1, height=1)
        key = await images.publish(kept)
        same = [await images.read(one) for one in (kept.key, key)] == [probe, probe]
    except StorageError as fault:
        remedy = "Check S3_BUCKET, S3_ENDPOINT_URL and the AWS keys, or the rights on DATA_DIR."
        return [Check("store write", "failure", fault.problem, remedy)]
    wrong = (
        "" if same else "Something on the way changes what is stored: it has to be passed on byte for byte."
    )
    detail = "bytes come back untouched" if same else "other bytes come back than were stored"
    checks = [Check("store write", "ok" if same else "failure", detail, wrong)]
    if images.public:
        checks.append(await _public_read(images.url(key), probe))
        checks.append(await _private_part(images.url(kept.key), probe))
    else:
        detail = "private: pictures are attached to messages"
        checks.append(Check("store public read", "ok", detail))
    checks.append(await _delete(images, kept.key, key))
    return checks


async def _delete(images: ImageStore, *keys: str) -> Check:
    remedy = "Allow s3:DeleteObject; without it deleting a picture leaves its file behind."
    try:
        for key in keys:
            await images.delete(key)
    except StorageError as fault:
        return Check("store delete", "failure", fault.problem, remedy)
    try:
        await images.read(keys[0])  # which looks for the other one as well
    except StorageError:
        return Check("store delete", "ok", "works")
    return Check("store delete", "failure", "what was deleted can still be read", remedy)


async def _private_part(url: str, probe: bytes) -> Check:
    """What has not passed its check, and what people attached, must not be readable over the public address."""
    name = "store private part"
    try:
        async with open_http(seconds=10.0) as http:
            answer = await http.get(url)
    except Exception as fault:  # noqa: BLE001 - the check of the public part names the remedy
        return Check(name, "warning", f"{type(fault).__name__} at CDN_BASE_URL")
    if answer.content == probe:
        remedy = "Let the public read only the prefix i/ of the bucket, not held/."
        return Check(
            name, "failure", "unchecked pictures can be read by everybody who has their address", remedy
        )
    return Check(name, "ok", "is not served")


async def check_versions(images: S3Store) -> Check:
    """A bucket that keeps old versions keeps what people have deleted."""
    if await images.keeps_versions():
        detail = "the bucket keeps old versions of deleted pictures"
        remedy = "Turn versioning off, or let a lifecycle rule expire noncurrent versions after a day."
        return Check("store versions", "warning", detail, remedy)
    return Check("store versions", "ok", "deleted means deleted")


async def check_conditional_put(images: S3Store) -> Check:
    """Whether two writers of one key can harm each other; with keys made of content they cannot, so a warning."""
    try:
        overwrites = await images.overwrites()
    except StorageError as fault:
        return Check("store conditional put", "warning", fault.problem, "Harmless: plain puts are used then.")
    if overwrites:
        detail = "the store overwrites although told not to"
        return Check("store conditional put", "warning", detail, "Harmless: keys are made of the content.")
    return Check("store conditional put", "ok", "works")


async def _public_read(url: str, expected: bytes) -> Check:
    remedy = "Make the prefix i/ of the bucket readable for everybody, and point CDN_BASE_URL to it."
    async with open_http(seconds=10.0) as http:
        try:
            answer = await http.get(url)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the operator hears of it
            return Check("store public read", "failure", f"{type(fault).__name__} at CDN_BASE_URL", remedy)
    if answer.status_code != 200 or answer.content != expected:
        return Check("store public read", "failure", f"CDN_BASE_URL answered {answer.status_code}", remedy)
    if "immutable" not in answer.headers.get("cache-control", ""):
        detail = "works, but without the cache header that the bot sets"
        return Check("store public read", "warning", detail, "Let the CDN pass Cache-Control on.")
    return Check("store public read", "ok", "CDN_BASE_URL serves what is stored")


def _tiny_picture() -> bytes:
    """A one-pixel PNG that no other probe has: a random text chunk makes its hash unique."""
    note = PngInfo()
    note.add_text("probe", secrets.token_hex(8))
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG", pnginfo=note)
    return out.getvalue()
