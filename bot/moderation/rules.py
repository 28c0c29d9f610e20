"""The rules of a community in moderators' hands: look, change, try presets, go back, carry to another place."""

import asyncio
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import StorageError
from bot.domain.policy import Policy
from bot.domain.requests import Requester
from bot.guardrails.compiled import begin
from bot.guardrails.house_style import is_fit
from bot.guardrails.presets import PRESETS, default_policy
from bot.guardrails.rule_files import export_rules, import_rules
from bot.guardrails.rule_texts import BadValue
from bot.guardrails.rulebook import BY_KEY, SETTINGS, Diff, Kind, Place, changed, diffs
from bot.moderation.answers import No, Problem, bad_value, may_moderate
from bot.moderation.ports import Rules
from bot.ports import Identities, LocalRules

_HISTORY: Final = 100


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as a form shows it. `value` and `default` are texts that `change` takes.

    Attributes:
        preset: Name of the preset that `default` is of.
        places: The places with a value of their own, each with it.
    """

    key: str
    area: str
    kind: Kind
    value: str
    default: str
    choices: tuple[str, ...]
    least: float
    most: float
    per_place: bool
    places: tuple[tuple[Place, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RulesView:
    """All settings, in the order of their areas. `preset` is the one that the rules equal, "" if they are own."""

    version: int
    preset: str
    settings: tuple[SettingView, ...]
    policy: Policy

    def setting(self, key: str) -> SettingView:
        """Raises KeyError."""
        return {view.key: view for view in self.settings}[key]


@dataclass(frozen=True, slots=True)
class Changed:
    """Rules were changed: the version they have now, and what differs."""

    version: int
    diffs: tuple[Diff, ...]
    policy: Policy


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of the rules. `diffs` is against the version before it; `reason` is "preset:…", "set:…", "undo:…",
    "import", or "follow" when the chat platform's own rules have changed.
    """

    version: int
    actor: str
    reason: str
    at: float
    diffs: tuple[Diff, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One wished change; an empty text with a place removes the place's own value."""

    key: str
    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """Every change is a new version with actor and reason, and an entry of the audit trail with its differences.

    `words` judges what moderators let stand behind each prompt.
    """

    rules: Rules
    identities: Identities
    words: LocalRules | None = None

    async def show(self, tenant: str) -> RulesView:
        policy = await self.rules.policy(tenant)
        preset = preset_of(policy)
        base = PRESETS[preset or "balanced_community"]
        own = [(Place(item.place, item.place_id), dict(item.values)) for item in policy.overrides]
        views = tuple(
            SettingView(
                key=setting.key,
                area=setting.area,
                kind=setting.kind,
                value=setting.write(setting.of(policy)),
                default=setting.write(setting.of(base)),
                choices=setting.choices or (("on", "off") if setting.kind is Kind.FLAG else ()),
                least=setting.least,
                most=setting.most,
                per_place=setting.per_place,
                places=tuple((place, values[setting.key]) for place, values in own if setting.key in values),
            )
            for setting in SETTINGS
        )
        return RulesView(policy.version, preset, views, policy)

    async def choose_preset(self, actor: Requester, name: str) -> Changed | Problem:
        """A preset's rules; who may moderate, the channels for logs and reviews, and the places' own values stay."""
        policy = await self.rules.policy(actor.tenant)
        if name not in PRESETS:
            return Problem(No.UNKNOWN_PRESET, (("allowed", ", ".join(PRESETS)),))
        return await self._save(actor, policy, with_preset(policy, name), f"preset:{name}")

    async def change(
        self, actor: Requester, edits: Sequence[Edit], *, seen: int | None = None
    ) -> Changed | Problem:
        """Several changes as one version. `seen` is the version that the moderator looked at, if that matters."""
        policy = await self.rules.policy(actor.tenant)
        if seen is not None and seen != policy.version:
            return Problem(No.CHANGED_MEANWHILE)
        draft = await asyncio.to_thread(drafted, policy, edits)
        if isinstance(draft, Problem):
            return draft
        return await self._save(actor, policy, draft, "set:" + ",".join(edit.key for edit in edits)[:200])

    async def history(self, actor: Requester, limit: int = 20) -> Sequence[VersionView] | Problem:
        """Newest first. What rules were before the first version is the community's default."""
        policy = await self.rules.policy(actor.tenant)
        if not may_moderate(actor, policy):
            return Problem(No.NOT_A_MODERATOR)
        versions = list(await self.rules.history(actor.tenant, min(limit, _HISTORY) + 1))
        first = default_policy(actor.tenant)
        found: list[VersionView] = []
        for number, version in enumerate(versions[:limit]):
            older = versions[number + 1].policy if number + 1 < len(versions) else first
            found.append(
                VersionView(
                    version.policy.version,
                    version.actor,
                    version.reason,
                    version.created_at,
                    diffs(older, version.policy),
                )
            )
        return found

    async def undo(self, actor: Requester, version: int | None = None) -> Changed | Problem:
        """Back to a version's rules, as a new version; without a number, to the rules before the last change."""
        policy = await self.rules.policy(actor.tenant)
        wanted = policy.version - 1 if version is None else version
        if not 1 <= wanted < policy.version:
            if wanted == 0 and policy.version > 0:
                first = dataclasses.replace(default_policy(actor.tenant), version=policy.version)
                return await self._save(actor, policy, first, "undo:0")
            return Problem(No.UNKNOWN_VERSION)
        old = await self.rules.version(actor.tenant, wanted)
        if old is None:
            return Problem(No.UNKNOWN_VERSION)
        return await self._save(actor, policy, old.policy, f"undo:{wanted}")

    async def export_file(self, actor: Requester) -> str | Problem:
        policy = await self.rules.policy(actor.tenant)
        return export_rules(policy) if may_moderate(actor, policy) else Problem(No.NOT_A_MODERATOR)

    async def import_file(self, actor: Requester, text: str) -> Changed | Problem:
        """All of a file or nothing of it; what it leaves out stays as it is."""
        policy = await self.rules.policy(actor.tenant)
        try:
            draft = await asyncio.to_thread(import_rules, text, policy)
        except BadValue as problem:
            return bad_value(problem.expected)
        return await self._save(actor, policy, draft, "import")

    async def follow(self, tenant: str, edits: Sequence[Edit], source: str) -> Changed | Problem:
        """What has changed in the chat platform's own rules, in the name of that `source`, if moderators want that."""
        policy = await self.rules.policy(tenant)
        if not policy.content.follow_imported:
            return Problem(No.NOT_A_MODERATOR)
        draft = await asyncio.to_thread(drafted, policy, edits)
        if isinstance(draft, Problem):
            return draft
        return await self._store(tenant, source, policy, draft, "follow", by=source)

    async def _save(self, actor: Requester, old: Policy, new: Policy, reason: str) -> Changed | Problem:
        if not may_moderate(actor, old):
            return Problem(No.NOT_A_MODERATOR)
        by = self.identities.safety_identifier(actor)
        return await self._store(actor.tenant, actor.user_id, old, new, reason, by=by)

    async def _store(
        self, tenant: str, actor: str, old: Policy, new: Policy, reason: str, *, by: str
    ) -> Changed | Problem:
        """`by` stands for the actor in the audit trail, which names nobody."""
        differences = diffs(old, new)
        if not differences:
            return Problem(No.NOTHING_CHANGED)
        if new.presentation.style_suffix != old.presentation.style_suffix and not await self._fit(new):
            return Problem(No.UNFIT_STYLE)
        following = dataclasses.replace(new, version=old.version)
        try:
            saved = await self.rules.save(tenant, following, actor=actor, reason=reason)
        except StorageError as fault:
            if fault.retryable:
                raise
            return Problem(No.CHANGED_MEANWHILE)
        begin(saved.content)  # so that the next request finds them ready
        await self.rules.audit(
            tenant,
            "rules_changed",
            {
                "version": saved.version,
                "by": by,
                "reason": reason,
                "changes": [_diff_json(diff) for diff in differences],
            },
        )
        return Changed(saved.version, differences, saved)

    async def _fit(self, policy: Policy) -> bool:
        """Whether the house style would pass the local checks: it is put behind each prompt after the last of them."""
        suffix = policy.presentation.style_suffix
        return self.words is None or await is_fit(suffix, policy.content, self.words)


def drafted(policy: Policy, edits: Sequence[Edit]) -> Policy | Problem:
    """The policy as the edits would make it; nothing is saved."""
    for edit in edits:
        if edit.key not in BY_KEY:
            return Problem(No.UNKNOWN_SETTING, (("setting", edit.key[:60]),))
        try:
            policy = changed(policy, edit.key, edit.text, edit.place)
        except BadValue as problem:
            return Problem(No.BAD_VALUE, (("expected", problem.expected), ("setting", edit.key)))
    return policy


def with_preset(policy: Policy, name: str) -> Policy:
    """A preset's rules over a community's own who and where."""
    preset = PRESETS[name]
    return dataclasses.replace(
        preset,
        version=policy.version,
        access=dataclasses.replace(
            preset.access,
            channels=policy.access.channels,
            denied_channels=policy.access.denied_channels,
            moderators=policy.access.moderators,
        ),
        content=dataclasses.replace(
            preset.content,
            blocked_terms=policy.content.blocked_terms,
            allow_phrases=policy.content.allow_phrases,
            patterns=policy.content.patterns,
            imported_rules=policy.content.imported_rules,
            follow_imported=policy.content.follow_imported,
        ),
        presentation=dataclasses.replace(
            preset.presentation,
            locale=policy.presentation.locale,
            log_channel=policy.presentation.log_channel,
            review_channel=policy.presentation.review_channel,
            gallery_channel=policy.presentation.gallery_channel,
        ),
        overrides=policy.overrides,
    )


def preset_of(policy: Policy) -> str:
    """The preset that these rules equal but for who, where and words; "" if none."""
    return next((name for name in PRESETS if not diffs(policy, with_preset(policy, name))), "")


def _diff_json(diff: Diff) -> dict[str, str]:
    """Lists of words are not repeated in the audit trail; their length tells enough there."""
    place = {"place": f"{diff.place.kind}:{diff.place.place_id}"} if diff.place else {}
    listed = (
        BY_KEY[diff.key].kind in {Kind.TERMS, Kind.PHRASES, Kind.PATTERNS, Kind.RULES}
        if diff.key in BY_KEY
        else False
    )
    if diff.key == "access.moderators":
        # Persons among them are named nowhere in the trail.
        numbers = [str(len(BY_KEY[diff.key].read(text))) for text in (diff.before, diff.after)]
        return {"key": diff.key, "before": numbers[0], "after": numbers[1], **place}
    if listed:
        before, after = (f"{len(text.splitlines())}" for text in (diff.before, diff.after))
        return {"key": diff.key, "before": before, "after": after, **place}
    return {"key": diff.key, "before": diff.before, "after": diff.after, **place}
