"""`imagine-bot costs`: spend by month, community and provider, and what the other routes would have cost."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.commands.terminal import at_the_terminal
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


async def report(month: str | None, tenant: str | None = None, *, as_json: bool) -> int:
    """Print the table, newest month first; only of one month or one community, where asked for. Returns 0."""
    async with at_the_terminal() as app:
        rows = [row for row in await app.store.jobs.costs(0.0, 1e12, tenant) if month in {None, row["month"]}]
        spends = tally(rows)
        prices = {route.label: route.provider.profile for route in app.router.routes}
        elsewhere = other_routes(rows, prices)
    if as_json:
        print(json.dumps(_as_json(spends, elsewhere), ensure_ascii=False, indent=2))
    else:
        _print(spends, elsewhere)
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


def _print(spends: Mapping[Key, Spend], elsewhere: Mapping[str, int | None]) -> None:
    if not spends:
        print("Nothing was spent yet.")
        return
    for (when, tenant, label), spend in spends.items():
        maybe = f"  (+ ${dollars(spend.maybe):.2f} possibly)" if spend.maybe else ""
        counts = f"{spend.requests:>6} requests {spend.pictures:>6} pictures"
        print(f"{when}  {tenant:<28} {label:<28} {counts}  ${dollars(spend.sure):.2f}{maybe}")
    lines = [f"{label} {_amount(amount)}" for label, amount in elsewhere.items()]
    print("The same pictures elsewhere: " + ", ".join(lines))


def _amount(amount: int | None) -> str:
    return "at an unknown price" if amount is None else f"${dollars(amount):.2f}"
