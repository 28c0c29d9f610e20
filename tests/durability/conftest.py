"""One S3 server."""

from collections.abc import Iterator

import pytest

from tests.twins.s3_server import S3Server, start_s3


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with start_s3() as running:
        running.allow_anonymous_read("i/")
        yield running
