"""`imagine-bot costs`: what was spent, by whom and where, and what the same pictures would have cost elsewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.commands.costs import Spend, other_routes, table, tally
from bot.domain.money import micros
from bot.domain.profile import MEGAPIXEL, ModelProfile
from bot.domain.requests import Quality
from bot.providers.profiles import FLUX_SELF_HOSTED, profile_of
from tests.commands.test_imagine_command import run
from tests.twins.flux_twins import BFLTwin

PIXELS = 1024 * 1024


def row(**changes: Any) -> dict[str, Any]:
    """One line of the ledger's sums."""
    base = {
        "month": "2026-11",
        "tenant": "discord:1",
        "provider": "openai",
        "model": "gpt-image-2",
        "billed": "yes",
        "quality": "low",
        "pixels": PIXELS,
        "inputs": 0,
        "attempts": 1,
        "pictures": 1,
        "micros": 6_000,
    }
    return {**base, **changes}


def test_money_is_told_by_month_community_and_model() -> None:
    rows = [
        row(attempts=2, pictures=4, micros=24_000),
        row(quality="high", micros=211_000),
        row(billed="maybe"),
        row(tenant="slack:T1"),
        row(provider="bfl", model="flux-2-pro", micros=30_000),
        row(month="2026-12"),
    ]

    spends = tally(rows)

    assert next(iter(spends)) == ("2026-12", "discord:1", "openai:gpt-image-2")
    assert spends["2026-11", "discord:1", "openai:gpt-image-2"] == Spend(4, 6, 235_000, 6_000)
    assert spends["2026-11", "slack:T1", "openai:gpt-image-2"] == Spend(1, 1, 6_000, 0)
    assert spends["2026-11", "discord:1", "bfl:flux-2-pro"] == Spend(1, 1, 30_000, 0)
    assert len(spends) == 4


PRICED = [
    ("gpt-image-2", {}, 0.006),
    ("gpt-image-2", {"quality": "high"}, 0.211),
    ("gpt-image-2", {"pixels": PIXELS * 2}, 0.012),
    ("gpt-image-2", {"inputs": 1}, 0.015),
    ("gpt-image-2.5-flare", {"quality": "medium", "pictures": 3}, 0.03951),
    ("flux-2-pro", {"quality": "high"}, 0.03),
    ("flux-2-pro", {"pixels": PIXELS * 3}, 0.06),
    ("flux-2-pro", {"inputs": 2, "pictures": 2}, 0.12),
    ("flux-2-max", {"pixels": PIXELS * 2}, 0.10),
    ("flux-2-flex", {"pixels": PIXELS * 2}, 0.10),
    ("flux-2-klein-4b", {"inputs": 1}, 0.015),
    ("flux-2-klein-9b", {"pixels": PIXELS // 2}, 0.015),
]


@pytest.mark.parametrize(("model", "asked", "usd"), PRICED)
def test_quality_size_count_and_references_make_the_price(
    model: str, asked: dict[str, Any], usd: float
) -> None:
    assert other_routes([row(**asked)], {"there": profile_of(model)}) == {"there": micros(usd)}


def test_all_requests_together_are_priced_at_each_route() -> None:
    rows = [row(pictures=4), row(quality="high", inputs=1)]
    profiles = {
        "openai": profile_of("gpt-image-2"),
        "own": FLUX_SELF_HOSTED,
        "new": profile_of("a-model-of-tomorrow"),
    }

    assert other_routes(rows, profiles) == {"openai": micros(4 * 0.006 + 0.219), "own": 0, "new": None}


def test_a_price_that_nobody_knows_is_none() -> None:
    assert ModelProfile("x").price_of(Quality.LOW, pixels=MEGAPIXEL, count=2) is None


async def test_the_terminal_tells_what_a_picture_would_have_cost_elsewhere(tmp_path: Path) -> None:
    async with BFLTwin() as bfl:
        keys = {
            "REPLICATE_API_TOKEN": "k",
            "BFL_API_KEY": bfl.key,
            "BFL_BASE_URL": bfl.base_url,
            "IMAGE_ROUTE": "bfl:flux-2-pro,replicate:flux-2-max",
        }
        await run(tmp_path, "imagine", "a hen", **keys)

        _, out, _ = await run(tmp_path, "costs", "--json", "--tenant", "cli", **keys)
        _, shown, _ = await run(tmp_path, "costs", **keys)

    told = json.loads(out)
    assert [(line["model"], line["pictures"]) for line in told["spend"]] == [("bfl:flux-2-pro", 1)]
    assert told["same_requests_elsewhere_usd"]["replicate:flux-2-max"] == pytest.approx(0.07, rel=0.01)
    assert told["same_requests_elsewhere_usd"]["bfl:flux-2-pro"] == pytest.approx(0.03, rel=0.01)
    assert shown.startswith("Month ")
    assert "The same pictures would have cost, at each route of now:" in shown
    assert re.search(r"^  replicate:flux-2-max +\$0\.07$", shown, re.MULTILINE)


def test_the_table_has_a_header_and_straight_columns() -> None:
    spends = tally([row(attempts=2, pictures=4, micros=24_000), row(tenant="slack:T1", billed="maybe")])

    header, *lines = table(spends)

    assert header.split("  ")[0] == "Month"
    assert [name for name in re.split(r" {2,}", header) if name] == [
        *("Month", "Community", "Model", "Requests", "Pictures", "Spent", "Possibly besides"),
    ]
    assert [re.split(r" {2,}", line) for line in lines] == [
        ["2026-11", "slack:T1", "openai:gpt-image-2", "1", "1", "$0.00", "$0.01"],
        ["2026-11", "discord:1", "openai:gpt-image-2", "2", "4", "$0.02"],
    ]
    for column in ("Community", "Model"):
        start = header.index(column)
        assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines)
    for column in ("Requests", "Pictures", "Spent"):
        end = header.index(column) + len(column)
        assert all(line[end - 1].isdigit() and line[end : end + 1].strip() == "" for line in lines)


@pytest.mark.parametrize("month", ["november", "2026-13", "2026-1", "2026"])
async def test_a_month_that_is_none_is_said(tmp_path: Path, month: str) -> None:
    code, out, error = await run(tmp_path, "costs", "--month", month)

    assert (code, out) == (2, "")
    assert "such as 2026-11" in error


async def test_another_community_has_its_own_account(tmp_path: Path) -> None:
    _, out, _ = await run(tmp_path, "costs", "--tenant", "discord:9")

    assert out.strip() == "Nothing was spent yet by discord:9."
