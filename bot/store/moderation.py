"""Cases, strikes, suspensions, decisions and passes, each in a file of its own; together the `DeskStore` port."""

from bot.store.cases import CaseLedger
from bot.store.judgements import JudgementLedger
from bot.store.passes import PassLedger
from bot.store.sanctions import SanctionLedger


class ModerationLedger(JudgementLedger, CaseLedger, SanctionLedger, PassLedger):
    """Implements the moderators' `DeskStore` port."""
