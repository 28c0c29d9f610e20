"""Sentences for moderators: the panel, cards, rulings. Data in `locales_desk/*.toml`; a test holds all to the same keys."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Final

Tables = Mapping[str, Mapping[str, str]]

MARK: Final = re.compile("\ue000(channel|role|person):([^\ue000]*)\ue000")
"""A channel, role or person of the chat within a sentence: its kind and its id, between private-use signs."""


def marked(kind: str, place_id: str) -> str:
    """An id that a chat may write as a name; the other surfaces show it as it is, see `without_marks`."""
    return f"\ue000{kind}:{place_id}\ue000"


def without_marks(line: str) -> str:
    return MARK.sub(r"\2", line)


class DeskSay(StrEnum):
    """Keys of the table `say`."""

    PANEL_TITLE = "panel_title"
    PANEL_STATE = "panel_state"
    PANEL_STATE_NEW = "panel_state_new"
    PANEL_OWN_RULES = "panel_own_rules"
    PANEL_DEFAULTS = "panel_defaults"
    MENU_PRESET = "menu_preset"
    MENU_AREA = "menu_area"
    MENU_SETTING = "menu_setting"
    MENU_CASE = "menu_case"
    MENU_VERSION = "menu_version"
    BUTTON_HOME = "button_home"
    BUTTON_TEST = "button_test"
    BUTTON_HISTORY = "button_history"
    BUTTON_UNDO = "button_undo"
    BUTTON_QUEUE = "button_queue"
    BUTTON_BUDGET = "button_budget"
    BUTTON_DECISIONS = "button_decisions"
    BUTTON_CONSOLE = "button_console"
    BUTTON_EXPORT = "button_export"
    BUTTON_IMPORT = "button_import"
    BUTTON_SAVE = "button_save"
    BUTTON_DISCARD = "button_discard"
    BUTTON_LOOK = "button_look"
    BUTTON_WORDS = "button_words"
    BUTTON_APPROVE = "button_approve"
    BUTTON_ALLOW = "button_allow"
    BUTTON_UPHOLD = "button_uphold"
    BUTTON_STRIKE = "button_strike"
    BUTTON_AGAIN = "button_again"
    BUTTON_HOUR = "button_hour"
    BUTTON_DAY = "button_day"
    BUTTON_BAN = "button_ban"
    BUTTON_UNBAN = "button_unban"
    FORM_TEST = "form_test"
    FORM_IMPORT = "form_import"
    TOO_LONG_HERE = "too_long_here"
    FORM_PHRASE = "form_phrase"
    TAKES = "takes"
    EMPTY = "empty"
    NO_LIMIT = "no_limit"
    IN_CHANNEL = "in_channel"
    FOR_ROLE = "for_role"
    PREVIEW_TITLE = "preview_title"
    REPLAY_LINE = "replay_line"
    REPLAY_NONE = "replay_none"
    REPLAY_UNCERTAIN = "replay_uncertain"
    REPLAY_REFUSED = "replay_refused"
    REPLAY_ALLOWED = "replay_allowed"
    SAVED = "saved"
    TEST_TITLE = "test_title"
    TEST_DECISION = "test_decision"
    TEST_DECIDED_BY = "test_decided_by"
    TEST_LAYER = "test_layer"
    TEST_HIT = "test_hit"
    TEST_WOULD_DRAW = "test_would_draw"
    TEST_SUGGESTS = "test_suggests"
    TEST_NOTHING_MADE = "test_nothing_made"
    TEST_PICTURES = "test_pictures"
    HISTORY_TITLE = "history_title"
    HISTORY_NONE = "history_none"
    HISTORY_LINE = "history_line"
    QUEUE_TITLE = "queue_title"
    QUEUE_NONE = "queue_none"
    QUEUE_LINE = "queue_line"
    CASE_TITLE = "case_title"
    CASE_WHO = "case_who"
    CASE_REASON = "case_reason"
    CASE_TEXT = "case_text"
    CASE_WORDS = "case_words"
    CASE_FORGOTTEN = "case_forgotten"
    CASE_CLAIMED = "case_claimed"
    CASE_NOT_APPROVABLE = "case_not_approvable"
    CASE_CLOSED = "case_closed"
    STANDING_TITLE = "standing_title"
    STANDING_GOOD = "standing_good"
    STANDING_STRIKES = "standing_strikes"
    STANDING_UNTIL = "standing_until"
    STANDING_BANNED = "standing_banned"
    BUDGET_TITLE = "budget_title"
    BUDGET_LINE = "budget_line"
    BUDGET_NO_CAP = "budget_no_cap"
    DECISIONS_TITLE = "decisions_title"
    DECISIONS_NONE = "decisions_none"
    DECISION_LINE = "decision_line"
    CONSOLE_LINK = "console_link"
    EXPORTED = "exported"
    HELP = "help"
    LOG_REFUSED = "log_refused"
    LOG_SUSPENDED = "log_suspended"
    LOG_BUDGET = "log_budget"
    LOG_BUDGET_FULL = "log_budget_full"
    DAY = "day"
    MONTH = "month"
    RULED_APPROVED = "ruled_approved"
    RULED_UPHELD = "ruled_upheld"
    APPEAL_GRANTED = "appeal_granted"
    COMMAND = "command"
    COMMAND_SHOW = "command_show"
    COMMAND_TEST = "command_test"
    COMMAND_SET = "command_set"
    COMMAND_PRESET = "command_preset"
    COMMAND_HISTORY = "command_history"
    COMMAND_UNDO = "command_undo"
    COMMAND_QUEUE = "command_queue"
    COMMAND_BUDGET = "command_budget"
    COMMAND_USER = "command_user"
    COMMAND_BAN = "command_ban"
    COMMAND_UNBAN = "command_unban"
    COMMAND_CONSOLE = "command_console"
    COMMAND_EXPORT = "command_export"
    OPTION_PROMPT = "option_prompt"
    OPTION_SETTING = "option_setting"
    OPTION_VALUE = "option_value"
    OPTION_CHANNEL = "option_channel"
    OPTION_ROLE = "option_role"
    OPTION_PRESET = "option_preset"
    OPTION_VERSION = "option_version"
    OPTION_USER = "option_user"
    OPTION_HOURS = "option_hours"
    OPTION_REASON = "option_reason"
    COMMAND_AUTOMOD = "command_automod"
    IMPORT_RULE = "import_rule"
    IMPORT_LIST = "import_list"
    IMPORT_SKIPPED = "import_skipped"
    IMPORT_FOLLOWS = "import_follows"
    IMPORT_FOLLOWS_NOT = "import_follows_not"
    LOG_FOLLOWED = "log_followed"
    LOG_FOLLOW_SKIPPED = "log_follow_skipped"
    LOG_FOLLOW_LOST = "log_follow_lost"
    COMMAND_VERIFY = "command_verify"
    COMMAND_VERIFY_SENDS = "command_verify_sends"
    OPTION_PICTURE = "option_picture"
    OPTION_MADE = "option_made"
    FORM_VERIFY = "form_verify"
    VERIFY_TITLE = "verify_title"
    VERIFY_OURS = "verify_ours"
    VERIFY_PREVIEW = "verify_preview"
    VERIFY_NOT_OURS = "verify_not_ours"
    VERIFY_CREDENTIALS = "verify_credentials"
    VERIFY_NONE = "verify_none"
    VERIFY_GONE = "verify_gone"
    VERIFY_SIGNATURE = "verify_signature"
    VERIFY_MARKS = "verify_marks"
    VERIFY_NO_MARKS = "verify_no_marks"
    VERIFY_UNANSWERED = "verify_unanswered"
    VERIFY_SENT = "verify_sent"
    QUEUE_TAKEN = "queue_taken"
    QUEUE_PLAIN = "queue_plain"
    DECISION_ALLOWED = "decision_allowed"
    BUDGET_TODAY = "budget_today"
    BUDGET_THIS_MONTH = "budget_this_month"
    RULED_DISCARDED = "ruled_discarded"
    RULED_TAKEN_DOWN = "ruled_taken_down"
    BUTTON_TAKE_DOWN = "button_take_down"
    BUTTON_LEAVE = "button_leave"
    BUTTON_FORGIVE = "button_forgive"
    BUTTON_PEOPLE = "button_people"
    MENU_PERSON = "menu_person"
    PEOPLE_TITLE = "people_title"
    PEOPLE_NONE = "people_none"
    PERSON_LINE = "person_line"
    BUTTON_PICTURE = "button_picture"
    BUTTON_RELEASE = "button_release"
    BUTTON_THROW = "button_throw"
    EXPORT_ELSEWHERE = "export_elsewhere"
    HELD_ELSEWHERE = "held_elsewhere"
    REST_ELSEWHERE = "rest_elsewhere"
    RULED_RELEASED = "ruled_released"


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Tables]:
    folder = resources.files("bot.messages") / "locales_desk"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in files}


@lru_cache(maxsize=16)
def _with_english(language: str) -> Tables:
    """A language's tables; what it should lack reads English, so that a forgotten sentence stops nothing."""
    own, english = _tables()[language], _tables()["en"]
    return {name: {**english[name], **own.get(name, {})} for name in english}


def desk_tables(language: str) -> Tables:
    """What a language has itself."""
    return _tables()[language]


def desk_languages() -> tuple[str, ...]:
    """Languages that moderators' sentences have; the others read English."""
    return tuple(sorted(_tables()))


def desk_texts(locale: str) -> "DeskTexts":
    """Moderators' sentences in the closest language."""
    tag = locale.replace("_", "-").lower()
    known = _tables()
    language = next((name for name in (tag, tag.split("-")[0]) if name in known), "en")
    return DeskTexts(language, _with_english(language))


@dataclass(frozen=True, slots=True)
class DeskTexts:
    """All moderators' sentences in one language. Unknown keys of a table come back as they are."""

    language: str
    tables: Tables

    def say(self, key: DeskSay, **params: object) -> str:
        return self.tables["say"][key].strip().format(**params)

    def no(self, kind: str, **params: object) -> str:
        return self.tables["no"][kind].format(**params)

    def word(self, table: str, key: str) -> str:
        """A short name: of an `area`, a `setting`, a `preset`, a `reason`, a `layer`, a `case`, a `decision`."""
        return self.tables[table].get(key, key)
