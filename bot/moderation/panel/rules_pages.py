"""How the rules read: settings, changes before and after, versions. Pure: views in, pages out."""

from collections.abc import Sequence
from typing import Final

from bot.guardrails.rulebook import Diff, Kind, Place
from bot.messages.desk import DeskSay, DeskTexts, marked, without_marks
from bot.messages.rule_words import change_line, choice_words, place_words, value_words
from bot.moderation.pages import LONGEST_FORM, Button, File, Form, Menu, Page
from bot.moderation.panel.frame import cut, home, no
from bot.moderation.replay import Replay
from bot.moderation.rules import Changed, RulesView, SettingView, VersionView

_CHANGES: Final = 20


def area(view: RulesView, name: str, texts: DeskTexts) -> Page:
    """The settings of an area, each with its value, and a menu to change one."""
    settings = [setting for setting in view.settings if setting.area == name]
    if not settings:
        return no(texts, "unknown_setting", setting=name[:60])
    lines: list[str] = []
    for setting in settings:
        lines.append(
            f"{texts.word('setting', setting.key)}: {value_words(setting.key, setting.value, texts)}"
        )
        for place, value in setting.places:
            lines.append(f"  {place_words(place, texts)}: {value_words(setting.key, value, texts)}")
    menu = Menu(
        texts.say(DeskSay.MENU_SETTING),
        "edit",
        tuple((texts.word("setting", setting.key)[:75], setting.key) for setting in settings[:25]),
    )
    return Page(texts.word("area", name), tuple(lines), (home(texts),), (menu,))


def choices(setting: SettingView, place: Place | None, texts: DeskTexts) -> Page:
    """A button for each value that there is, in words."""
    own = dict(setting.places).get(place, "") if place else setting.value
    name = texts.word("setting", setting.key)
    where = f"@{place.kind}/{place.place_id}" if place else ""
    buttons = tuple(
        Button(
            choice_words(setting.key, choice, texts),
            f"pick:{setting.key}{where}:{choice}",
            primary=choice == own,
        )
        for choice in setting.choices
    )
    lines = (place_words(place, texts),) if place else ()
    return Page(name, lines, (*buttons, Button(texts.word("area", setting.area), f"area:{setting.area}")))


def setting_form(setting: SettingView, place: Place | None, texts: DeskTexts) -> Form | Page:
    """A dialog with the value as it is; a page, where a dialog could hold only a part of it and the rest would be lost."""
    own = dict(setting.places).get(place, "") if place else setting.value
    if len(own.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_FORM:
        console = Button(texts.say(DeskSay.BUTTON_CONSOLE), "console", primary=True)
        area = Button(texts.word("area", setting.area), f"area:{setting.area}")
        return Page(texts.word("setting", setting.key), (texts.say(DeskSay.TOO_LONG_HERE),), (console, area))
    expected = f"{setting.least:g} - {setting.most:g}"
    hinted = setting.kind in {Kind.NUMBER, Kind.DECIMAL, Kind.MONEY}
    where = f"@{place.kind}/{place.place_id}" if place else ""
    return Form(
        texts.word("setting", setting.key),
        f"set:{setting.key}{where}",
        texts.say(DeskSay.TAKES, expected=expected) if hinted else texts.word("setting", setting.key),
        value=own,
        long=setting.kind in {Kind.TERMS, Kind.PHRASES, Kind.PATTERNS},
        most=int(setting.most) if setting.kind is Kind.TEXT else 0,
    )


def preview(replayed: Replay, token: str, texts: DeskTexts, notes: Sequence[str] = ()) -> Page:
    """Before and after, and what the last decisions would have been; `notes` are said first."""
    say = texts.say
    lines = [*notes, *_change_lines(replayed.changes, texts)]
    if replayed.replayed:
        lines.append(
            say(
                DeskSay.REPLAY_LINE,
                replayed=replayed.replayed,
                refused=len(replayed.now_refused),
                allowed=len(replayed.now_allowed),
            )
        )
        lines += [say(DeskSay.REPLAY_REFUSED, words=cut(turn.words)) for turn in replayed.now_refused[:5]]
        lines += [say(DeskSay.REPLAY_ALLOWED, words=cut(turn.words)) for turn in replayed.now_allowed[:5]]
        if replayed.uncertain:
            lines.append(say(DeskSay.REPLAY_UNCERTAIN, number=replayed.uncertain))
    else:
        lines.append(say(DeskSay.REPLAY_NONE))
    buttons = (
        Button(say(DeskSay.BUTTON_SAVE), f"save:{token}", primary=True),
        Button(say(DeskSay.BUTTON_DISCARD), "home"),
    )
    return Page(say(DeskSay.PREVIEW_TITLE), tuple(lines), buttons)


def saved(changed: Changed, texts: DeskTexts) -> Page:
    lines = tuple(_change_lines(changed.diffs, texts))
    buttons = (Button(texts.say(DeskSay.BUTTON_UNDO), f"undo:{changed.version - 1}"), home(texts))
    return Page(texts.say(DeskSay.SAVED, version=changed.version), lines, buttons)


def _change_lines(diffs: Sequence[Diff], texts: DeskTexts) -> list[str]:
    """The first ones, and how many more there are."""
    more = len(diffs) - _CHANGES
    lines = [change_line(diff, texts) for diff in diffs[:_CHANGES]]
    return [*lines, f"+ {more}"] if more > 0 else lines


def exported(text: str, texts: DeskTexts) -> Page:
    file = File("guardrails.toml", text)
    lines = (texts.say(DeskSay.EXPORTED),)
    return Page(texts.say(DeskSay.BUTTON_EXPORT), lines, (home(texts),), file=file)


def history(versions: Sequence[VersionView], texts: DeskTexts) -> Page:
    lines = [
        texts.say(
            DeskSay.HISTORY_LINE,
            version=version.version,
            actor=marked("person", version.actor) if version.actor else "?",
            changes=_changes(version, texts),
        )
        for version in versions
    ]
    options = tuple(
        (cut(f"{version.version}: {without_marks(_changes(version, texts))}", 75), f"{version.version}")
        for version in versions[1:25]
    )
    menus = (Menu(texts.say(DeskSay.MENU_VERSION), "undo", options),) if options else ()
    undo = (Button(texts.say(DeskSay.BUTTON_UNDO), "undo"),) if versions else ()
    title = texts.say(DeskSay.HISTORY_TITLE)
    return Page(title, tuple(lines) or (texts.say(DeskSay.HISTORY_NONE),), (*undo, home(texts)), menus)


def _changes(version: VersionView, texts: DeskTexts) -> str:
    """A preset by its name, else the first differences."""
    kind, _, name = version.reason.partition(":")
    if kind == "preset":
        return texts.word("preset", name)
    return "; ".join(change_line(diff, texts) for diff in version.diffs[:3]) or version.reason
