"""The recipe for links instead of attachments, tried on the store that Compose starts."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from bot.domain.images import MediaType
from bot.hosting.s3 import S3Location, S3Store
from tests.support.make import picture
from tests.twins.s3_server import start_s3

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "public_read.py"


@pytest.mark.s3
async def test_what_has_passed_its_checks_is_public_and_nothing_else() -> None:
    with start_s3() as s3:
        environment = {
            "S3_BUCKET": s3.bucket,
            "S3_ENDPOINT_URL": s3.endpoint_url,
            "AWS_ACCESS_KEY_ID": s3.access_key,
            "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        }
        done = subprocess.run(
            [sys.executable, "-"],
            input=SCRIPT.read_text(),
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        place = S3Location(s3.bucket, s3.access_key, SecretStr(s3.secret_key), s3.endpoint_url)
        store = await S3Store.open(place)
        try:
            kept = await store.keep(picture(), MediaType.PNG, width=1, height=1)
            shown = await store.publish(kept)
            async with httpx2.AsyncClient(base_url=f"{s3.endpoint_url}/{s3.bucket}/") as anybody:
                seen = await anybody.get(shown)
                hidden, listed = await anybody.get(kept.key), await anybody.get("")
        finally:
            await store.aclose()

    assert (seen.status_code, seen.content) == (200, picture())
    assert (hidden.status_code, listed.status_code) == (403, 403)
