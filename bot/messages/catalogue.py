"""Sentences by language. Texts are data (`locales/*.toml`); a test holds them to the same keys and braces."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from bot.domain.jobs import Stage
from bot.domain.outcomes import Failed, FailureClass, Notice, NoticeKey, RefusalReason, Refused
from bot.domain.requests import JobId
from bot.messages.keys import Say

DEFAULT: Final = "en"
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400

Tables = Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, Tables]:
    folder = resources.files("bot.messages") / "locales"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in files}


def languages() -> tuple[str, ...]:
    """Tags of the languages that the catalogue has, e.g. "en", "de"."""
    return tuple(sorted(_languages()))


def texts_for(locale: str) -> "Texts":
    """The catalogue in the closest language: "de-AT" gets "de", an unknown one gets English."""
    known = _languages()
    tag = locale.replace("_", "-").lower()
    language = next((name for name in (tag, tag.split("-")[0]) if name in known), DEFAULT)
    return Texts(language, known[language])


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences in one language."""

    language: str
    tables: Tables

    def say(self, key: Say, **params: object) -> str:
        return self.tables["say"][key].strip().format(**params)

    def stage(self, stage: Stage) -> str:
        return self.tables["stage"][stage]

    def refusal(self, refused: Refused, job_id: JobId | None = None) -> str:
        """Why, what to do, the wait, a suggestion, that nothing was charged, and a reference to quote."""
        params = _params(refused.params)
        sentence = self.tables["refusal"][refused.reason]
        if refused.reason is RefusalReason.TOO_LONG and "together" in params:
            sentence = self.tables["say"][Say.TOO_LONG_TOGETHER]
        lines = [params.get("message") or sentence.format_map(params)]
        if refused.wait is not None:
            lines.append(self.wait(refused.wait))
        if refused.suggestion:
            lines.append(self.say(Say.TRY_SUGGESTION, suggestion=refused.suggestion.rstrip(" .。")))
        if job_id is not None:
            lines.append(self.say(Say.NOT_CHARGED))
            lines.append(self.say(Say.REFERENCE, reference=reference(job_id)))
        return " ".join(lines)

    def failure(self, failed: Failed, job_id: JobId) -> str:
        """What happened on our side, what to do, and a reference to quote."""
        if failed.wait is not None and failed.failure is FailureClass.BUSY:
            lines = [self.say(Say.BUSY_FOR), self.wait(failed.wait)]
        else:
            lines = [self.tables["failure"][failed.failure].format(job=job_id)]
        lines.append(self.say(Say.MAYBE_CHARGED if failed.maybe_billed else Say.NOT_CHARGED))
        lines.append(self.say(Say.REFERENCE, reference=reference(job_id)))
        return " ".join(lines)

    def notice(self, notice: Notice) -> str:
        params = _params(notice.params)
        with_term = notice.key is NoticeKey.REWORDED and "term" in params
        return self.tables["notice"]["reworded_term" if with_term else notice.key].format_map(params)

    def wait(self, seconds: float) -> str:
        """A rounded wait: never 0, never "3600 seconds"; never 1 either, which would need a word of its own."""
        if seconds < 2 * _MINUTE:
            return self.say(Say.WAIT_SECONDS, seconds=max(2, round(seconds)))
        if seconds < 2 * _HOUR:
            return self.say(Say.WAIT_MINUTES, minutes=round(seconds / _MINUTE))
        if seconds < 2 * _DAY:
            return self.say(Say.WAIT_HOURS, hours=round(seconds / _HOUR))
        return self.say(Say.WAIT_DAYS, days=round(seconds / _DAY))


def reference(job_id: JobId) -> str:
    """The short form of a job's id that people quote to moderators."""
    return job_id[:8].upper()


def _params(pairs: tuple[tuple[str, str], ...]) -> "_Forgiving":
    return _Forgiving(pairs)


class _Forgiving(dict[str, Any]):
    """A missing value leaves a gap instead of breaking the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"
