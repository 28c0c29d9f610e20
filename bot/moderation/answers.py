"""Why a moderator's wish was not carried out, as a value; each kind is a sentence of the catalogue."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.policy import Policy
from bot.domain.requests import Requester


class No(StrEnum):
    """Keys of the catalogue's table `desk`."""

    NOT_A_MODERATOR = "not_a_moderator"
    BAD_VALUE = "bad_value"
    UNKNOWN_SETTING = "unknown_setting"
    UNKNOWN_PRESET = "unknown_preset"
    UNKNOWN_VERSION = "unknown_version"
    NOTHING_CHANGED = "nothing_changed"
    CHANGED_MEANWHILE = "changed_meanwhile"
    UNKNOWN_CASE = "unknown_case"
    CLAIMED = "claimed"
    CLOSED = "closed"
    NOT_APPROVABLE = "not_approvable"
    NO_PHRASE = "no_phrase"
    NOT_SUSPENDED = "not_suspended"
    LINK_USED = "link_used"
    FILTER_CLOSED = "filter_closed"
    FILTER_EMPTY = "filter_empty"
    FILTER_SILENT = "filter_silent"
    NOT_A_PICTURE = "not_a_picture"
    UNKNOWN_PICTURE = "unknown_picture"
    HELD_ONLY = "held_only"
    PICTURE_GONE = "picture_gone"
    UNFIT_STYLE = "unfit_style"


@dataclass(frozen=True, slots=True)
class Problem:
    """A no, with what the sentence needs (`expected`, `who`, ...)."""

    no: No
    params: tuple[tuple[str, str], ...] = ()


def bad_value(expected: str) -> Problem:
    return Problem(No.BAD_VALUE, (("expected", expected),))


def may_moderate(actor: Requester, policy: Policy) -> bool:
    """The platform's own moderators, and roles or persons that they have named in `access.moderators`."""
    return actor.moderator or bool((actor.roles | {actor.user_id}) & policy.access.moderators)
