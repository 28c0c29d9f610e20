"""Keys of the sentences that belong to no outcome: labels, questions, help."""

from enum import StrEnum


class Say(StrEnum):
    """Members are added by whoever shows a new sentence; a test holds every language to all of them."""

    NOT_CHARGED = "not_charged"
    MAYBE_CHARGED = "maybe_charged"
    REFERENCE = "reference"
    TRY_SUGGESTION = "try_suggestion"
    WAIT_SECONDS = "wait_seconds"
    WAIT_MINUTES = "wait_minutes"
    WAIT_HOURS = "wait_hours"
    QUEUE_PLACE = "queue_place"
    STARTING = "starting"
    READY = "ready"
    BY = "by"
    DELETED = "deleted"
    DELETED_MESSAGE = "deleted_message"
    ALREADY_RUNNING = "already_running"
    SEE_ALSO = "see_also"
    REPORTED = "reported"

    BUTTON_REROLL = "button_reroll"
    BUTTON_VARY = "button_vary"
    BUTTON_REWORD = "button_reword"
    BUTTON_EDIT = "button_edit"
    BUTTON_UPSCALE = "button_upscale"
    BUTTON_DELETE = "button_delete"
    BUTTON_REPORT = "button_report"
    BUTTON_INFO = "button_info"
    BUTTON_SHARE = "button_share"
    BUTTON_DISCARD = "button_discard"
    BUTTON_CANCEL = "button_cancel"
    BUTTON_OPEN = "button_open"
    BUTTON_APPEAL = "button_appeal"

    EDIT_TITLE = "edit_title"
    EDIT_LABEL = "edit_label"
    REWORD_TITLE = "reword_title"
    REWORD_LABEL = "reword_label"

    HELP = "help"
    PRIVACY = "privacy"
