"""What is left when the storm is over: orphans, double payments, reservations, strangers' pictures, memory."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.soak.asked import Ask, DiscordAsk, PlaygroundAsk, SlackAsk
from tests.soak.crowd import Crowd
from tests.soak.slack_side import STARTING
from tests.soak.town import MARKS, SUFFIX, Town
from tests.support.leaks import leaks
from tests.twins.discord_twin.messages import Message as DiscordMessage
from tests.twins.slack_twin import Message

_DOUBLE = (
    "SELECT count(*) AS n FROM (SELECT job_id FROM attempt WHERE result = 'ok' "
    "GROUP BY job_id HAVING count(*) > 1) AS twice"
)
# What a killed process may have paid for stays booked until its open attempt is closed, a day later.
_LEFT = (
    "SELECT count(*) AS n FROM hold WHERE kind <> 'booked' "
    "OR job_id NOT IN (SELECT job_id FROM attempt WHERE closed_at IS NULL)"
)
_STRAYS = (
    "SELECT count(*) AS n FROM job AS child JOIN job AS parent ON child.parent_id = parent.job_id "
    "WHERE child.tenant <> parent.tenant"
)
_FIGURES: Mapping[str, str] = {
    "reservations_left": _LEFT,
    "held_left": "SELECT coalesce(sum(held), 0) AS n FROM budget",
    "paid_twice": _DOUBLE,
    "children_of_another_community": _STRAYS,
    "attempts_open": "SELECT count(*) AS n FROM attempt WHERE result = 'open' AND closed_at IS NULL",
    "billed_yes": "SELECT coalesce(sum(pictures), 0) AS n FROM attempt WHERE billed = 'yes'",
    "billed_maybe": "SELECT coalesce(sum(pictures), 0) AS n FROM attempt WHERE billed NOT IN ('yes', 'no')",
    "undelivered": "SELECT count(*) AS n FROM job WHERE message LIKE '%\"undelivered\": true%'",
    "objects_not_deleted": "SELECT count(*) AS n FROM doomed",
}


@dataclass
class Report:
    """Figures, and those that must not be what they are."""

    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, value: Any) -> None:
        self.figures[name] = value

    def must(self, name: str, value: Any, *, be: Any) -> None:
        self.figures[name] = value
        if value != be:
            self.wrong.append(f"{name} is {value}, not {be}")


async def look(town: Town, crowd: Crowd, report: Report) -> None:
    """Once nothing runs any more."""
    rows = await town.store.database.read("SELECT state, count(*) AS n FROM job GROUP BY state")
    report.note("jobs", {row["state"]: int(row["n"]) for row in rows})
    found = {name: await number(town, sql) for name, sql in _FIGURES.items()}
    for name in ("reservations_left", "held_left", "paid_twice", "children_of_another_community"):
        report.must(name, found[name], be=0)
    for name in ("attempts_open", "undelivered", "objects_not_deleted"):
        report.note(name, found[name])
    _bill(town, report, found)
    await _people(town, crowd.asked, report)
    _strangers(town, crowd.asked, report)
    report.must("rules_of_discord_broken", len(town.discord.violations), be=0)
    report.must("rules_of_slack_broken", len(town.slack.violations), be=0)
    report.note("what_broke", sorted({*town.discord.violations, *town.slack.violations})[:5])
    refused = [one for models in town.models for one in (*models.openai.refused, *models.bfl.refused)]
    report.must("requests_refused_by_the_models_rules", len(refused), be=0)
    said = [*town.discord.transcript(), *town.slack.transcript()]
    report.must("internals_in_chat", len(leaks(said)), be=0)


def _bill(town: Town, report: Report, found: Mapping[str, int]) -> None:
    billed = sum(models.openai.billed_images + models.bfl.billed_images for models in town.models)
    report.note("billed_by_the_twins", billed)
    report.note("billed_by_the_ledger", [found["billed_yes"], found["billed_yes"] + found["billed_maybe"]])
    report.must(
        "ledger_encloses_the_bill",
        found["billed_yes"] <= billed <= found["billed_yes"] + found["billed_maybe"],
        be=True,
    )


async def _people(town: Town, asked: Sequence[Ask], report: Report) -> None:
    """Everybody has an answer, and no message stands at a beginning."""
    ends: dict[str, Counter[str]] = {}
    for ask in asked:
        ends.setdefault(ask.where, Counter())[ask.end().kind] += 1
    report.note(
        "ends_as_people_saw_them", {where: dict(sorted(kinds.items())) for where, kinds in ends.items()}
    )
    stuck = {message.id: message for message in town.discord.thinking}
    for ask in asked:
        if isinstance(ask, DiscordAsk) and ask.stuck:
            stuck |= {message.id: message for message in ask.messages}
    waiting = [m for m in town.slack.messages if not m.deleted and m.all_text.startswith(STARTING)]
    orphaned = [m for m in waiting if id(m) in town.slack.unanswered]
    waiting = [m for m in waiting if id(m) not in town.slack.unanswered]
    report.note("slack_first_signs_that_slack_never_named", len(orphaned))
    working = [place for place, states in town.slack.sessions.items() if states[-1] == "processing"]
    report.must("discord_messages_at_thinking", len(stuck), be=0)
    report.note(
        "thinking",
        [_waiting(town, message) for message in stuck.values()][:5],
    )
    report.must("slack_messages_at_starting", len(waiting), be=0)
    report.note("where", [_history(town, message) for message in waiting[:6]])
    report.must("slack_sessions_at_processing", len(working), be=0)
    unanswered = [ask for ask in asked if ask.end().kind == "unanswered"]
    report.must("people_without_an_answer", len(unanswered), be=0)
    report.note("whom", [_described(ask) for ask in unanswered[:8]])


def _waiting(town: Town, message: DiscordMessage) -> str:
    used = [
        one for one in town.discord.hub.interactions.values() if message in (one.original, *one.followups)
    ]
    said = [(round(one.at, 1), one.kind, one.via, *one.texts) for one in message.history]
    return f"{used} {said}"[:600]


def _history(town: Town, message: Message) -> str:
    """What was written to the person or the thread that waits for ever."""
    place = message.only_for or message.thread or message.channel
    states = [(round(one.at, 1), one.message.ts[-6:], one.text[:50]) for one in town.slack.written[place]]
    return f"{place} {message.ts[-6:]}: {states}"


def _described(ask: Ask) -> str:
    if isinstance(ask, DiscordAsk):
        said = [(one.kind, one.via, *one.texts) for message in ask.messages for one in message.history]
        return f"{ask.where} {ask.interaction!r}: {said}"[:600]
    if isinstance(ask, SlackAsk):
        texts = [one.text for one in ask.answers]
        when = [round(moment, 1) for moment in (ask.begun, ask.closed)]
        later = [
            (round(one.at, 1), one.text[:60])
            for place, until in ask.until.items()
            for one in ask.slack.written[place][until:]
        ]
        return f"slack {ask.label} {when} {ask.since} erased={ask.erased}: {texts}, later {later}"[:600]
    return f"playground {ask.job_id}: {ask.view}"[:600]


def _strangers(town: Town, asked: Sequence[Ask], report: Report) -> None:
    """Words and pictures of one community that could be seen in another."""
    seen = {"home": [], "second": [], "slack": town.slack.transcript(), "playground": []}  # type: dict[str, list[str]]
    pictures: dict[str, set[str]] = {name: set() for name in seen}
    homes = {id(town.discord.home): "home", id(town.second): "second"}
    for message in town.discord.messages:
        name = homes.get(id(message.channel.guild))
        if name is not None:
            seen[name] += [text for revision in message.history for text in revision.texts]
            files = [file for revision in message.history for file in revision.attachments]
            pictures[name] |= {hashlib.sha256(file.data).hexdigest() for file in files}
    for written in town.slack.written.values():
        pictures["slack"] |= {_hash(url) for one in written for url in one.images if url}
    for ask in asked:
        if isinstance(ask, PlaygroundAsk):
            seen["playground"].append(str(ask.view))
            pictures["playground"] |= {image["sha256"] for image in ask.view.get("images", ())}
    foreign = [
        (name, text)
        for name, texts in seen.items()
        for text in texts
        for other, mark in MARKS.items()
        if other != name and _says(text.replace("a brass owl on a stack", ""), mark)
    ]
    prompts = _prompts(town)
    strange = [
        (name, prompts[sha256])
        for name, shown in pictures.items()
        for sha256 in shown
        if sha256 in prompts and MARKS[name] not in prompts[sha256]
    ]
    report.must("words_of_another_community", len(foreign), be=0)
    report.must("pictures_of_another_community", len(strange), be=0)
    report.note("strangers", [str(one)[:300] for one in (*foreign[:4], *strange[:4])])
    report.note("pictures_looked_at", {name: len(shown & prompts.keys()) for name, shown in pictures.items()})
    styled = [prompt for prompt in prompts.values() if (SUFFIX in prompt) != (MARKS["second"] in prompt)]
    report.must("prompts_in_anothers_style", len(styled), be=0)


def _says(text: str, mark: str) -> bool:
    """As a word: an identifier of random letters has an "owl" in it now and then."""
    return re.search(rf"(?<![^\W_]){mark}(?![^\W_])", text, re.IGNORECASE) is not None


def _prompts(town: Town) -> dict[str, str]:
    """By the hash of a picture, the words that it was made from."""
    made: dict[str, str] = {}
    for models in town.models:
        made |= {one.sha256: one.request.prompt for one in models.openai.served}
        for task in models.bfl.tasks.values():
            if task.sha256:
                made[task.sha256] = str(task.input["prompt"])
    return made


def _hash(url: str) -> str:
    return url.rpartition("/")[2].partition(".")[0]


async def unseen(town: Town, asked: Sequence[Ask]) -> dict[str, int]:
    """By chat, accepted requests that their people never saw an answer to, because the platform had given up."""
    silent = [ask for ask in asked if ask.end().kind == "silent"]
    keys = [f"discord:{ask.interaction.id}" for ask in silent if isinstance(ask, DiscordAsk)]
    found = {"slack": sum(isinstance(ask, SlackAsk) for ask in silent), "discord": 0, "playground": 0}
    for key in keys:
        found["discord"] += await number(town, f"SELECT count(*) AS n FROM job WHERE key = '{key}'")
    found["playground"] = sum(isinstance(ask, PlaygroundAsk) for ask in silent)
    return found


def memory_is_flat(report: Report, samples: Sequence[tuple[float, int, int]], longest: float) -> None:
    """Least squares over the second half; `samples` are seconds, resident bytes, open files."""
    half = samples[len(samples) // 2 :]
    slope = _slope([(at, rss) for at, rss, _ in half]) * 60 / 1024
    report.note("elder_rss_mb", [round(rss / 2**20) for _, rss, _ in (samples[0], half[0], samples[-1])])
    report.note("elder_rss_slope_kb_a_minute", round(slope))
    report.note("elder_open_files", [half[0][2], samples[-1][2]])
    if longest >= 10 and slope > 512:
        report.wrong.append(f"memory grows by {slope:.0f} kB a minute")
    if samples[-1][2] > half[0][2] + 50:
        report.wrong.append("open files grow")


def _slope(points: Sequence[tuple[float, float]]) -> float:
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


async def number(town: Town, sql: str) -> int:
    return int((await town.store.database.read(sql))[0]["n"])
