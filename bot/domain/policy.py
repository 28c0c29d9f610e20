"""A community's rules as its moderators set them. Defaults are the preset "Balanced community"."""

from dataclasses import dataclass, field
from enum import StrEnum


class Strictness(StrEnum):
    """How much a content category tolerates; each stands for a pair of score thresholds in `guardrails`."""

    STRICT = "strict"
    BALANCED = "balanced"
    RELAXED = "relaxed"


class OutputCheck(StrEnum):
    ALWAYS = "always"
    FALLBACK_ONLY = "fallback_only"
    SAMPLED = "sampled"


class OnUnsafePicture(StrEnum):
    HOLD = "hold"
    SPOILER = "spoiler"
    BLOCK = "block"


class OnSanitizerOutage(StrEnum):
    """DEGRADED: while the text model cannot be reached, harmless words go to a filtered host as they are; an answer
    that is no verdict never lets them out. CLOSED: nothing goes out; a request waits a minute for the model.
    """

    DEGRADED = "degraded"
    CLOSED = "closed"


class OnCheckOutage(StrEnum):
    """CLOSED: nothing is shown because of it. LOCAL: where the operator has a model on the machine, a picture of a
    filtered host that it calls harmless is shown veiled; see `guardrails.stand_in`.
    """

    CLOSED = "closed"
    LOCAL = "local"


class RefusalFallback(StrEnum):
    NEVER = "never"
    BENIGN_ONLY = "benign_only"


class OnUnknownOutcome(StrEnum):
    """A paid call whose answer was lost. REFUND: say so and give the quota back; RETRY: buy once more."""

    REFUND = "refund"
    RETRY = "retry"


class RouteOrder(StrEnum):
    FIXED = "fixed"
    CHEAPEST = "cheapest"
    FASTEST = "fastest"


class DeliveryMode(StrEnum):
    """CDN: a public link; ATTACHED: the bytes are uploaded to the chat and no link is given."""

    CDN = "cdn"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class BlockedTerm:
    """A word or phrase of the community's block list. `match` is word, phrase or substring."""

    text: str
    match: str = "word"
    strength: str = "hard"
    plural: bool = True


@dataclass(frozen=True, slots=True)
class ImportedRule:
    """A rule taken over from the chat platform's own word filter, as it is written there.

    Attributes:
        words: "cat" as a whole word, "cat*" at the beginning of one, "*cat" at its end, "*cat*" anywhere.
        patterns: RE2 expressions.
        allow: Words, written likewise, that the rule overlooks.
        exempt: Ids of roles and channels for which the rule does not count.
    """

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask, and where. An empty list means everybody, everywhere."""

    enabled: bool = True
    channels: frozenset[str] = frozenset()
    denied_channels: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    exempt_roles: frozenset[str] = frozenset()
    moderators: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    max_quality: str = "high"
    max_count: int = 4
    max_megapixels: float = 4.0
    others_may_press: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps; 0 means none. Budgets are in micro-dollars."""

    per_user_day: int = 50
    per_user_hour: int = 20
    per_role_day: tuple[tuple[str, int], ...] = ()
    per_channel_day: int = 0
    per_tenant_day: int = 1000
    concurrent_per_user: int = 3
    cooldown_seconds: float = 0.0
    budget_day: int = 20_000_000
    budget_month: int = 200_000_000
    concurrent_per_channel: int = 0
    concurrent_per_tenant: int = 0
    budget_user_day: int = 0
    budget_channel_day: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What may be made. `categories` overrides `strictness` for single categories.

    `second_check` asks the image model's maker once more about each picture, where that is set up. `block_message` is
    the moderators' own sentence for a blocked term. `follow_imported` keeps imported rules as the chat platform has
    them now.
    """

    strictness: Strictness = Strictness.BALANCED
    categories: tuple[tuple[str, Strictness], ...] = ()
    rating: str = "PG"
    blocked_terms: tuple[BlockedTerm, ...] = ()
    allow_phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    real_people: str = "generic"
    characters: str = "generic"
    output_check: OutputCheck = OutputCheck.ALWAYS
    on_unsafe_picture: OnUnsafePicture = OnUnsafePicture.BLOCK
    spoiler_always: bool = False
    second_check: bool = False
    block_message: str = ""
    imported_rules: tuple[ImportedRule, ...] = ()
    follow_imported: bool = False
    on_check_outage: OnCheckOutage = OnCheckOutage.CLOSED


@dataclass(frozen=True, slots=True)
class Recovery:
    """What happens after a refusal or a fault."""

    outage_fallback: bool = True
    refusal_fallback: RefusalFallback = RefusalFallback.NEVER
    auto_reword: bool = True
    on_sanitizer_outage: OnSanitizerOutage = OnSanitizerOutage.DEGRADED
    on_unknown_outcome: OnUnknownOutcome = OnUnknownOutcome.REFUND
    pay_twice: bool = False
    route_order: RouteOrder = RouteOrder.FIXED
    appeals: bool = True
    appeals_per_day: int = 5
    appeals_second_look: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the strike ladder: so many strikes within so many hours suspend for `suspend_hours`; 0 hours ask the
    moderators instead.
    """

    strikes: int
    within_hours: int
    suspend_hours: int = 0


@dataclass(frozen=True, slots=True)
class Strikes:
    """What repeated attempts lead to. A strike is forgotten after the longest window of the ladder: that is the decay."""

    ladder: tuple[Rung, ...] = (Rung(3, 24, 1), Rung(5, 168, 0))

    @property
    def memory_hours(self) -> int:
        return max((rung.within_hours for rung in self.ladder), default=0)


@dataclass(frozen=True, slots=True)
class Presentation:
    """How answers look. `style_suffix` is appended after the post-check and never shown to the sanitizer; `lora` is
    written as in `LoraChoice.parse`.
    """

    style_suffix: str = ""
    locale: str = ""
    show_prompt: bool = True
    show_cost: bool = False
    show_rewording: bool = True
    attribution: str = ""
    log_channel: str = ""
    review_channel: str = ""
    gallery_channel: str = ""
    delivery: DeliveryMode = DeliveryMode.CDN
    lora: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days until deletion; 0 keeps for ever."""

    prompts: int = 30
    blocked_prompts: int = 14
    images: int = 0
    audit: int = 365


@dataclass(frozen=True, slots=True)
class Override:
    """Settings that differ in one channel or for one role; a role's win over a channel's.

    `values` are pairs of a setting's key, such as "limits.per_user_day", and its value as text.
    """

    place: str
    place_id: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules of one community. `version` grows with each change."""

    version: int = 0
    access: Access = field(default_factory=Access)
    limits: Limits = field(default_factory=Limits)
    content: Content = field(default_factory=Content)
    recovery: Recovery = field(default_factory=Recovery)
    presentation: Presentation = field(default_factory=Presentation)
    retention: Retention = field(default_factory=Retention)
    strikes: Strikes = field(default_factory=Strikes)
    overrides: tuple[Override, ...] = ()
