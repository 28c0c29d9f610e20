"""`imagine-bot costs`: spend by month, community and provider, and what the other routes would have cost."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.app import open_application
from bot.commands.terminal import create_terminal
from bot.domain.money import dollars
from bot.domain.requests import Quality
from bot.providers.router import Router
from bot.settings import load_settings
from bot.telemetry.logs import set_up_logs


@dataclass
class Spend:
    """What one community spent at one model in one month, in micro-dollars.

    Attributes:
        sure, maybe: Billed for certain, and possibly billed (a lost answer).
    """

    requests: int = 0
    sure: int = 0
    maybe: int = 0


Key = tuple[str, str, str]
"""Month, community, "provider:model"."""


async def report(month: str | None, *, as_json: bool) -> int:
    """Print the table, newest month first. Returns 0."""
    settings = load_settings()
    set_up_logs(settings.logs.log_format, "ERROR")
    async with open_application(settings, lambda: {"cli": create_terminal}) as app:
        rows = await app.store.jobs.costs(0.0, 1e12)
        spends = tally(rows, month)
        elsewhere = other_routes(spends, app.router)
    if as_json:
        print(json.dumps(_as_json(spends, elsewhere), ensure_ascii=False, indent=2))
    else:
        _print(spends, elsewhere)
    return 0


def tally(rows: Iterable[Mapping[str, Any]], month: str | None) -> Mapping[Key, Spend]:
    """Sum up the ledger's rows (see `AttemptLedger.costs`), of one month or of all."""
    spends: defaultdict[Key, Spend] = defaultdict(Spend)
    for row in rows:
        if month is not None and row["month"] != month:
            continue
        spend = spends[row["month"], row["tenant"], f"{row['provider']}:{row['model']}"]
        spend.requests += int(row["attempts"])
        if row["billed"] == "yes":
            spend.sure += int(row["micros"])
        else:
            spend.maybe += int(row["micros"])
    return dict(sorted(spends.items(), reverse=True))


def other_routes(spends: Mapping[Key, Spend], router: Router) -> Mapping[str, int]:
    """Micro-dollars that the same number of requests would have cost at each route's medium price."""
    requests = sum(spend.requests for spend in spends.values())
    prices = {route.label: route.provider.profile.tier(Quality.MEDIUM).price for route in router.routes}
    return {label: requests * price for label, price in prices.items() if price is not None}


def _as_json(spends: Mapping[Key, Spend], elsewhere: Mapping[str, int]) -> Mapping[str, Any]:
    return {
        "spend": [
            {
                "month": when,
                "tenant": tenant,
                "model": label,
                "requests": spend.requests,
                "usd": dollars(spend.sure),
                "maybe_usd": dollars(spend.maybe),
            }
            for (when, tenant, label), spend in spends.items()
        ],
        "same_requests_elsewhere_usd": {label: dollars(amount) for label, amount in elsewhere.items()},
    }


def _print(spends: Mapping[Key, Spend], elsewhere: Mapping[str, int]) -> None:
    if not spends:
        print("Nothing was spent yet.")
        return
    for (when, tenant, label), spend in spends.items():
        maybe = f"  (+ ${dollars(spend.maybe):.2f} possibly)" if spend.maybe else ""
        print(
            f"{when}  {tenant:<28} {label:<28} {spend.requests:>6} requests  ${dollars(spend.sure):.2f}{maybe}"
        )
    lines: Sequence[str] = [f"{label} ${dollars(amount):.2f}" for label, amount in elsewhere.items()]
    print("The same requests elsewhere, at medium quality: " + ", ".join(lines))
