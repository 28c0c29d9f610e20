"""How a job ends, as a value: delivered, refused, or failed."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.images import HostedImage
from bot.domain.money import ZERO, MicroUSD


class RefusalReason(StrEnum):
    """Why somebody said no. Each one is a key of the message catalogue."""

    # the words
    SEXUAL = "sexual"
    MINORS = "minors"
    VIOLENCE = "violence"
    GORE = "gore"
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self_harm"
    ILLICIT = "illicit"
    REAL_PERSON = "real_person"
    PRIVATE_PERSON = "private_person"
    DECEPTION = "deception"
    IP_CHARACTER = "ip_character"
    INJECTION = "injection"
    UNCLEAR = "unclear"
    OTHER = "other"
    BLOCKED_TERM = "blocked_term"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    BAD_OPTION = "bad_option"
    UNREADABLE_WORDS = "unreadable_words"
    # the provider or the picture
    UNREADABLE = "unreadable"
    PROVIDER_INPUT = "provider_input"
    PROVIDER_OUTPUT = "provider_output"
    OUTPUT_CHECK = "output_check"
    HELD = "held"
    # who and where
    DISABLED = "disabled"
    CHANNEL = "channel"
    ROLE = "role"
    SUSPENDED = "suspended"
    MODEL_NOT_ALLOWED = "model_not_allowed"
    OPTION_NOT_ALLOWED = "option_not_allowed"
    NOT_YOURS = "not_yours"
    UNKNOWN_JOB = "unknown_job"
    # how much
    QUOTA = "quota"
    COOLDOWN = "cooldown"
    CONCURRENCY = "concurrency"
    BUDGET = "budget"
    OWN_BUDGET = "own_budget"
    BUSY_HERE = "busy_here"
    QUOTA_HERE = "quota_here"
    APPEALS = "appeals"


class DecidedBy(StrEnum):
    """Which layer said no."""

    GUARD = "guard"
    LIMITS = "limits"
    SANITIZER = "sanitizer"
    MODERATION = "moderation"
    POST_CHECK = "post_check"
    PROVIDER = "provider"
    OUTPUT_CHECK = "output_check"
    LOCAL_CHECK = "local_check"
    MODERATOR = "moderator"


class FailureClass(StrEnum):
    """What went wrong on our side. Each one is a key of the message catalogue."""

    BUSY = "busy"
    WARMING_UP = "warming_up"
    COLD_START = "cold_start"
    QUEUE_FULL = "queue_full"
    OUT_OF_MEMORY = "out_of_memory"
    OUT_OF_FUNDS = "out_of_funds"
    MISCONFIGURED = "misconfigured"
    UNKNOWN_OUTCOME = "unknown_outcome"
    NOT_FETCHED = "not_fetched"
    TIMED_OUT = "timed_out"
    SANITIZER_DOWN = "sanitizer_down"
    CHECK_DOWN = "check_down"
    STORAGE = "storage"
    DELIVERY = "delivery"
    INTERRUPTED = "interrupted"
    UNSUPPORTED = "unsupported"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Delivered:
    """Pictures are hosted and may be shown.

    Attributes:
        notice: Keys of the catalogue for what the requester should know, each with its parameters, e.g. that the
            wording was changed or the backup model drew it.
        cost: What all attempts of the job cost, None if a provider did not say.
    """

    images: tuple[HostedImage, ...]
    notices: tuple["Notice", ...] = ()
    cost: MicroUSD | None = ZERO


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody said no.

    Attributes:
        suggestion: A harmless rewording that passed the same checks, or None.
        appealable: A moderator may look at it.
        wait: Seconds until the limit allows another one; None when waiting does not help.
        params: Values for the catalogue's sentence, such as the limit that was reached.
        strike: The refusal counts against the person.
        appeal: By which id the person can ask a moderator, where the request never became a job.
    """

    reason: RefusalReason
    decided_by: DecidedBy
    suggestion: str | None = None
    appealable: bool = False
    wait: float | None = None
    params: tuple[tuple[str, str], ...] = ()
    strike: bool = False
    appeal: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Our fault, or a provider's. `wait` is the seconds after which another try makes sense."""

    failure: FailureClass
    wait: float | None = None
    maybe_billed: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark beside a picture: a key of the catalogue and its parameters."""

    key: "NoticeKey"
    params: tuple[tuple[str, str], ...] = ()


class NoticeKey(StrEnum):
    OFFLINE_PREVIEW = "offline_preview"
    BACKUP_MODEL = "backup_model"
    REWORDED = "reworded"
    POLISHING_OFF = "polishing_off"
    FEWER_IMAGES = "fewer_images"
    ATTRIBUTION = "attribution"
    BOUGHT_AGAIN = "bought_again"
    WITHOUT_LORA = "without_lora"


Outcome = Delivered | Refused | Failed
