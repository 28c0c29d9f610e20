"""Every setting that moderators can change, as data: its key, its kind, its bounds, and whether places may differ.

Values travel as text, since they come from chat, a page or a file; `Setting.read` makes them typed or says why not.
Keys are "<area>.<name>", the names of `domain.policy`.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.domain.policy import (
    DeliveryMode,
    OnCheckOutage,
    OnSanitizerOutage,
    OnUnknownOutcome,
    OnUnsafePicture,
    OutputCheck,
    Override,
    Policy,
    RefusalFallback,
    RouteOrder,
    Strictness,
)
from bot.guardrails import rule_texts as texts
from bot.guardrails.imported import read_rules, write_rules
from bot.guardrails.rule_texts import BadValue


class Kind(StrEnum):
    """How a value is entered: what a form shows, and how its text is read."""

    FLAG = "flag"
    NUMBER = "number"
    DECIMAL = "decimal"
    MONEY = "money"
    CHOICE = "choice"
    TEXT = "text"
    CHANNEL = "channel"
    CHANNELS = "channels"
    ROLES = "roles"
    NAMES = "names"
    TERMS = "terms"
    PHRASES = "phrases"
    PATTERNS = "patterns"
    LEVELS = "levels"
    ROLE_CAPS = "role_caps"
    LADDER = "ladder"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        choices: The only values of a CHOICE; `member` makes one of them typed.
        least, most: Bounds of a NUMBER, DECIMAL or MONEY (dollars), or of a TEXT's length.
        per_place: May differ in a channel or for a role.
    """

    key: str
    kind: Kind
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 100_000
    per_place: bool = False
    member: Callable[[str], Any] = str

    @property
    def area(self) -> str:
        return self.key.split(".")[0]

    @property
    def name(self) -> str:
        return self.key.split(".")[1]

    def read(self, text: str) -> Any:
        """The typed value of a text.

        Raises:
            BadValue: it is none; `expected` tells what is taken.
        """
        match self.kind:
            case Kind.FLAG:
                return texts.read_flag(text)
            case Kind.NUMBER:
                return int(texts.read_number(text, self.least, self.most, whole=True))
            case Kind.DECIMAL:
                return texts.read_number(text, self.least, self.most, whole=False)
            case Kind.MONEY:
                return round(texts.read_number(text, self.least, self.most, whole=False) * 1_000_000)
            case Kind.CHOICE:
                return self.member(texts.read_choice(text, self.choices))
            case Kind.TEXT:
                return texts.read_text(text, int(self.most))
            case Kind.CHANNEL:
                return next(iter(texts.read_ids(text, most=1)), "")
            case Kind.CHANNELS | Kind.ROLES | Kind.NAMES:
                return frozenset(texts.read_ids(text))
            case Kind.TERMS:
                return texts.read_terms(text)
            case Kind.PHRASES:
                return texts.read_lines(text)
            case Kind.PATTERNS:
                return texts.read_patterns(text)
            case Kind.LEVELS:
                return texts.read_levels(text)
            case Kind.ROLE_CAPS:
                return texts.read_role_caps(text)
            case Kind.LADDER:
                return texts.read_ladder(text)
            case Kind.RULES:
                return read_rules(text)

    def write(self, value: Any) -> str:
        """The text of a typed value; `read` takes it back."""
        match self.kind:
            case Kind.MONEY:
                return texts.write_number(value / 1_000_000, 2)
            case Kind.ROLE_CAPS:
                return ", ".join(f"{role}={cap}" for role, cap in value)
            case Kind.LEVELS:
                return ", ".join(f"{category}={level}" for category, level in value)
            case Kind.TERMS:
                return "\n".join(texts.write_term(term) for term in value)
            case Kind.LADDER:
                return "; ".join(texts.write_rung(rung) for rung in value)
            case Kind.RULES:
                return write_rules(value)
            case Kind.PHRASES | Kind.PATTERNS:
                return "\n".join(value)
            case Kind.CHANNELS | Kind.ROLES | Kind.NAMES:
                return ", ".join(sorted(value))
            case Kind.FLAG:
                return "on" if value else "off"
            case _:
                return texts.write_number(value) if isinstance(value, float) else str(value)

    def of(self, policy: Policy) -> Any:
        """The typed value in a policy."""
        return getattr(getattr(policy, self.area), self.name)

    def put(self, policy: Policy, value: Any) -> Policy:
        """The policy with another value."""
        area = dataclasses.replace(getattr(policy, self.area), **{self.name: value})
        return dataclasses.replace(policy, **{self.area: area})


def _one_of(key: str, kind: type[StrEnum], *, per_place: bool = False) -> Setting:
    choices = tuple(member.value for member in kind)
    return Setting(key, Kind.CHOICE, choices, per_place=per_place, member=kind)


_FLAG, _NUMBER, _MONEY, _CHOICE, _TEXT = Kind.FLAG, Kind.NUMBER, Kind.MONEY, Kind.CHOICE, Kind.TEXT

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("access.enabled", _FLAG, per_place=True),
    Setting("access.channels", Kind.CHANNELS),
    Setting("access.denied_channels", Kind.CHANNELS),
    Setting("access.roles", Kind.ROLES),
    Setting("access.exempt_roles", Kind.ROLES),
    Setting("access.moderators", Kind.ROLES),
    Setting("access.models", Kind.NAMES, per_place=True),
    Setting("access.max_quality", _CHOICE, ("low", "medium", "high"), per_place=True),
    Setting("access.max_count", _NUMBER, least=1, most=4, per_place=True),
    Setting("access.max_megapixels", Kind.DECIMAL, least=0.25, most=4, per_place=True),
    Setting("access.others_may_press", _FLAG),
    Setting("limits.per_user_day", _NUMBER, per_place=True),
    Setting("limits.per_user_hour", _NUMBER, per_place=True),
    Setting("limits.per_role_day", Kind.ROLE_CAPS),
    Setting("limits.per_channel_day", _NUMBER, per_place=True),
    Setting("limits.per_tenant_day", _NUMBER),
    Setting("limits.concurrent_per_user", _NUMBER, most=100, per_place=True),
    Setting("limits.concurrent_per_channel", _NUMBER, most=1000, per_place=True),
    Setting("limits.concurrent_per_tenant", _NUMBER, most=1000),
    Setting("limits.cooldown_seconds", Kind.DECIMAL, most=86_400, per_place=True),
    Setting("limits.budget_day", _MONEY),
    Setting("limits.budget_month", _MONEY, most=1_000_000),
    Setting("limits.budget_user_day", _MONEY, per_place=True),
    Setting("limits.budget_channel_day", _MONEY, per_place=True),
    _one_of("content.strictness", Strictness, per_place=True),
    Setting("content.categories", Kind.LEVELS, per_place=True),
    Setting("content.rating", _CHOICE, ("G", "PG", "PG-13"), per_place=True),
    Setting("content.blocked_terms", Kind.TERMS),
    Setting("content.allow_phrases", Kind.PHRASES),
    Setting("content.patterns", Kind.PATTERNS),
    Setting("content.imported_rules", Kind.RULES),
    Setting("content.follow_imported", _FLAG),
    Setting("content.block_message", _TEXT, most=150),
    Setting("content.real_people", _CHOICE, ("allow", "generic", "reject")),
    Setting("content.characters", _CHOICE, ("allow", "generic", "reject")),
    _one_of("content.output_check", OutputCheck),
    Setting("content.second_check", _FLAG),
    _one_of("content.on_unsafe_picture", OnUnsafePicture),
    _one_of("content.on_check_outage", OnCheckOutage),
    Setting("content.spoiler_always", _FLAG, per_place=True),
    Setting("recovery.outage_fallback", _FLAG),
    _one_of("recovery.refusal_fallback", RefusalFallback),
    Setting("recovery.auto_reword", _FLAG),
    _one_of("recovery.on_sanitizer_outage", OnSanitizerOutage),
    _one_of("recovery.on_unknown_outcome", OnUnknownOutcome),
    Setting("recovery.pay_twice", _FLAG),
    _one_of("recovery.route_order", RouteOrder),
    Setting("recovery.appeals", _FLAG),
    Setting("recovery.appeals_per_day", _NUMBER, most=100),
    Setting("recovery.appeals_second_look", _FLAG),
    Setting("strikes.ladder", Kind.LADDER),
    Setting("presentation.style_suffix", _TEXT, most=200),
    Setting("presentation.lora", _TEXT, most=300),
    Setting("presentation.locale", _TEXT, most=10),
    Setting("presentation.show_prompt", _FLAG),
    Setting("presentation.show_rewording", _FLAG),
    Setting("presentation.attribution", _TEXT, most=100),
    Setting("presentation.show_cost", _FLAG),
    Setting("presentation.log_channel", Kind.CHANNEL),
    Setting("presentation.review_channel", Kind.CHANNEL),
    Setting("presentation.gallery_channel", Kind.CHANNEL),
    _one_of("presentation.delivery", DeliveryMode),
    Setting("retention.prompts", _NUMBER, most=3650),
    Setting("retention.blocked_prompts", _NUMBER, most=3650),
    Setting("retention.images", _NUMBER, most=3650),
    Setting("retention.audit", _NUMBER, most=3650),
)

BY_KEY: Final[Mapping[str, Setting]] = {setting.key: setting for setting in SETTINGS}
AREAS: Final[tuple[str, ...]] = tuple(dict.fromkeys(setting.area for setting in SETTINGS))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting applies: `kind` is "channel" or "role"."""

    kind: str
    place_id: str


@dataclass(frozen=True, slots=True)
class Diff:
    """One setting before and after, as text; `place` None is the whole community."""

    key: str
    before: str
    after: str
    place: Place | None = None


def setting_of(key: str) -> Setting:
    """Raises BadValue for an unknown key."""
    if key not in BY_KEY:
        raise BadValue(", ".join(AREAS))
    return BY_KEY[key]


def changed(policy: Policy, key: str, text: str, place: Place | None = None) -> Policy:
    """The policy with one setting changed, for the whole community or in one place.

    An empty text removes a place's own value.

    Raises:
        BadValue: unknown key, unreadable value, or a setting that is the same everywhere.
    """
    setting = setting_of(key)
    if place is None:
        return setting.put(policy, setting.read(text))
    if not setting.per_place or place.kind not in {"channel", "role"} or not place.place_id:
        raise BadValue("channel, role")
    if text.strip():
        setting.read(text)
    return _override(policy, place, key, text.strip())


def diffs(before: Policy, after: Policy) -> tuple[Diff, ...]:
    """What differs, in the order of the catalogue, places last."""
    found = [
        Diff(setting.key, setting.write(setting.of(before)), setting.write(setting.of(after)))
        for setting in SETTINGS
        if setting.of(before) != setting.of(after)
    ]
    old, new = _by_place(before.overrides), _by_place(after.overrides)
    for place in dict.fromkeys([*old, *new]):
        was, now = old.get(place, {}), new.get(place, {})
        found += [
            Diff(key, was.get(key, ""), now.get(key, ""), place)
            for key in dict.fromkeys([*was, *now])
            if was.get(key) != now.get(key)
        ]
    return tuple(found)


def _override(policy: Policy, place: Place, key: str, text: str) -> Policy:
    places = _by_place(policy.overrides)
    values = {**places.get(place, {}), key: text}
    places[place] = {name: value for name, value in values.items() if value}
    overrides = tuple(
        Override(where.kind, where.place_id, tuple(own.items())) for where, own in places.items() if own
    )
    return dataclasses.replace(policy, overrides=overrides)


def _by_place(overrides: Sequence[Override]) -> dict[Place, dict[str, str]]:
    return {Place(item.place, item.place_id): dict(item.values) for item in overrides}
