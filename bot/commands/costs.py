"""`imagine-bot costs`: spend by month, community and model, and what the other routes would have cost."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.commands.terminal import at_the_terminal
from bot.domain.errors import BadArgument
from bot.domain.money import dollars
from bot.domain.profile import ModelProfile
from bot.domain.requests import Quality


@dataclass
class Spend:
    """What one community spent at one model in one month, in micro-dollars.

    Attributes:
        requests, pictures: How many were asked for.
        sure, maybe: Billed for certain, and possibly billed (a lost answer).
    """

    requests: int = 0
    pictures: int = 0
    sure: int = 0
    maybe: int = 0


Key = tuple[str, str, str]
"""Month, community, "provider:model"."""

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HEADER: Final = ("Month", "Community", "Model", "Requests", "Pictures", "Spent", "Possibly besides")
_TEXTS: Final = 3


async def report(month: str | None, tenant: str | None = None, *, as_json: bool) -> int:
    """Print the table, newest month first; only of one month or one community, where asked for. Returns 0.

    Raises:
        BadArgument: the month is none.
    """
    if month is not None and not _MONTH.fullmatch(month):
        raise BadArgument(f"{month!r} is no month", "Give one such as 2026-11.")
    async with at_the_terminal() as app:
        rows = [row for row in await app.store.jobs.costs(0.0, 1e12, tenant) if month in {None, row["month"]}]
        spends = tally(rows)
        prices = {route.label: route.provider.profile for route in app.router.routes}
        elsewhere = other_routes(rows, prices)
    if as_json:
        print(json.dumps(_as_json(spends, elsewhere), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_told(spends, elsewhere) if spends else [_nothing(month, tenant)]))
    return 0


def tally(rows: Iterable[Mapping[str, Any]]) -> Mapping[Key, Spend]:
    """Sum up the ledger's rows (see `AttemptLedger.costs`)."""
    spends: defaultdict[Key, Spend] = defaultdict(Spend)
    for row in rows:
        spend = spends[row["month"], row["tenant"], f"{row['provider']}:{row['model']}"]
        spend.requests += int(row["attempts"])
        spend.pictures += int(row["pictures"])
        if row["billed"] == "yes":
            spend.sure += int(row["micros"])
        else:
            spend.maybe += int(row["micros"])
    return dict(sorted(spends.items(), reverse=True))


def other_routes(
    rows: Sequence[Mapping[str, Any]], profiles: Mapping[str, ModelProfile]
) -> Mapping[str, int | None]:
    """Micro-dollars that the same pictures would have cost at each route, at its prices for their quality and size.

    None where a price is not known; a self-hosted server costs nothing a picture.
    """
    return {label: _priced(rows, profile) for label, profile in profiles.items()}


def _priced(rows: Sequence[Mapping[str, Any]], profile: ModelProfile) -> int | None:
    total = 0
    for row in rows:
        price = profile.price_of(
            Quality(row["quality"]),
            pixels=int(row["pixels"]),
            references=int(row["inputs"]),
            count=int(row["pictures"]),
        )
        if price is None:
            return None
        total += price
    return total


def _as_json(spends: Mapping[Key, Spend], elsewhere: Mapping[str, int | None]) -> Mapping[str, Any]:
    return {
        "spend": [
            {
                "month": when,
                "tenant": tenant,
                "model": label,
                "requests": spend.requests,
                "pictures": spend.pictures,
                "usd": dollars(spend.sure),
                "maybe_usd": dollars(spend.maybe),
            }
            for (when, tenant, label), spend in spends.items()
        ],
        "same_requests_elsewhere_usd": {
            label: None if amount is None else dollars(amount) for label, amount in elsewhere.items()
        },
    }


def table(spends: Mapping[Key, Spend]) -> list[str]:
    """A header and a line a key, in columns two spaces apart; texts start and numbers end below one another."""
    rows = [_HEADER, *(_row(key, spend) for key, spend in spends.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < _TEXTS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _row(key: Key, spend: Spend) -> tuple[str, ...]:
    maybe = f"${dollars(spend.maybe):.2f}" if spend.maybe else ""
    return (*key, f"{spend.requests}", f"{spend.pictures}", f"${dollars(spend.sure):.2f}", maybe)


def _told(spends: Mapping[Key, Spend], elsewhere: Mapping[str, int | None]) -> list[str]:
    width = max(map(len, elsewhere), default=0)
    routes = [f"  {label.ljust(width)}  {_amount(amount)}" for label, amount in elsewhere.items()]
    return [*table(spends), "", "The same pictures would have cost, at each route of now:", *routes]


def _nothing(month: str | None, tenant: str | None) -> str:
    when = f" in {month}" if month else " yet"
    by = f" by {tenant}" if tenant else ""
    return f"Nothing was spent{when}{by}."


def _amount(amount: int | None) -> str:
    return "at an unknown price" if amount is None else f"${dollars(amount):.2f}"
