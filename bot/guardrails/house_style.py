"""A community's own words behind each prompt: added by code after the last check, so they are judged when they are saved."""

from bot.domain.policy import Content
from bot.domain.verdict import Decision
from bot.guardrails.compiled import ready
from bot.guardrails.words import check_words
from bot.ports import LocalRules


async def is_fit(suffix: str, content: Content, rules: LocalRules) -> bool:
    """Whether words would pass the community's own block list and the local rules; no words do."""
    if not suffix.strip():
        return True
    await ready(content)  # a long list is made ready in a thread
    return check_words(suffix, content) is None and rules.judge(suffix).decision is not Decision.REJECT
