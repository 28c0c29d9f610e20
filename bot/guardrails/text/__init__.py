"""Words that get past no look-alike: matching, limits, and the form that is kept. Pure, without any I/O."""

from bot.guardrails.text.blocklist import BlockList, scanners_of
from bot.guardrails.text.contexts import in_context
from bot.guardrails.text.contexts import prepare as prepare_contexts
from bot.guardrails.text.lexicon import MatchMode, Strength, Term
from bot.guardrails.text.limits import MAX_GRAPHEMES, LimitBreach, LimitKind, check_limits
from bot.guardrails.text.patterns import GuildPattern, PatternError, PatternSet, searched_forms
from bot.guardrails.text.reading import How
from bot.guardrails.text.scanner import Hit, Scanner
from bot.guardrails.text.stored import stored_form
from bot.guardrails.text.views import folded, hidden_text

__all__ = [
    "MAX_GRAPHEMES",
    "BlockList",
    "GuildPattern",
    "Hit",
    "How",
    "LimitBreach",
    "LimitKind",
    "MatchMode",
    "PatternError",
    "PatternSet",
    "Scanner",
    "Strength",
    "Term",
    "check_limits",
    "folded",
    "hidden_text",
    "in_context",
    "prepare_contexts",
    "scanners_of",
    "searched_forms",
    "stored_form",
]
