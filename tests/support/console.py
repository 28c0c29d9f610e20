"""The console as a browser sees it, by plain HTTP: a link from chat is redeemed, its cookie is sent along."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

COOKIE = "imagine_console"


def listening_at(log: Sequence[str]) -> str:
    """Where a bot process really listens, whatever its public address is."""
    found = next(re.search(r"listening on (\S+:\d+)", line) for line in log if "listening on" in line)
    assert found is not None
    return f"http://{found[1]}"


@dataclass(frozen=True)
class Visit:
    """`status` and `area` are what redeeming the link led to."""

    client: httpx2.AsyncClient
    status: int
    area: str


@asynccontextmanager
async def visited(address: str, url: str) -> AsyncIterator[Visit]:
    """Redeem the link of a message at the process that listens at `address`."""
    link = re.search(r"link=([\w-]+)", url)
    assert link is not None, url
    async with httpx2.AsyncClient(base_url=address) as client:
        entered = await client.post("/console/enter", data={"link": link[1]})
        cookie = re.search(rf"{COOKIE}=([\w-]+)", entered.headers.get("set-cookie", ""))
        if cookie is not None:  # by hand: it is for https alone where the public address is
            client.headers["cookie"] = f"{COOKIE}={cookie[1]}"
        area = entered.headers.get("location", "").partition("#")[2]
        yield Visit(client, entered.status_code, area)
