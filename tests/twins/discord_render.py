"""Shows messages and modals as a page in the look of Discord's dark theme, for screenshots and reviews.

Input is the JSON of the API: message bodies with classic components or components v2, and modal bodies.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

Json = Mapping[str, Any]
Load = Callable[[str], tuple[bytes, str] | None]

EXAMPLE_NOW = datetime(2026, 11, 25, 12, 35, tzinfo=UTC)
_EPHEMERAL, _LOADING = 1 << 6, 1 << 7
_BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "secondary"}

_STYLE = """
*{box-sizing:border-box}
body{margin:0;padding:24px;background:#313338;color:#dbdee1;font:16px/1.375 "gg sans","Noto Sans",Roboto,sans-serif}
.message{display:grid;grid-template-columns:40px minmax(0,1fr);gap:0 16px;max-width:760px;margin-bottom:20px;padding:4px 8px}
.message.ephemeral{background:#3a3c55;border-left:2px solid #5865f2}
.avatar{width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;display:grid;place-items:center;font-weight:600}
.name{font-weight:600;color:#f2f3f5}.badge{background:#5865f2;color:#fff;border-radius:4px;font-size:10px;padding:1px 4px;margin-left:4px;vertical-align:middle}
.time,.edited,.note,.sub{color:#949ba4;font-size:12px}.time{margin-left:8px}.sub{display:block}
p{margin:0 0 4px;white-space:pre-wrap;overflow-wrap:anywhere}h1,h2,h3{margin:8px 0 4px;color:#f2f3f5}h1{font-size:24px}h2{font-size:20px}h3{font-size:16px}
blockquote{margin:0 0 4px;padding-left:12px;border-left:4px solid #4e5058}pre{margin:0 0 4px;padding:8px;background:#1e1f22;border:1px solid #3f4147;border-radius:4px;font-size:14px;white-space:pre-wrap}code{background:#2b2d31;border-radius:4px;padding:1px 4px;font-size:14px}
a{color:#00a8fc;text-decoration:none}.mention{background:#3c4270;color:#c9cdfb;border-radius:3px;padding:0 2px}
.container,.embed,.modal{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid var(--accent,#3f4147);border-radius:8px;padding:12px 16px;margin:4px 0;max-width:560px}
.container>*+*,.modal>*+*{margin-top:8px}.embed-title{font-weight:600;color:#f2f3f5}.fields{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}.fields b{display:block;font-size:14px}
.gallery{display:grid;gap:4px;grid-template-columns:repeat(2,1fr);max-width:550px}.gallery.one{grid-template-columns:1fr}
figure{margin:0;position:relative}img{display:block;width:100%;max-height:480px;object-fit:cover;border-radius:8px;background:#1e1f22}
.one img,.attachment img{object-fit:contain;object-position:left;width:auto;max-width:100%}
figure.spoiler img{filter:blur(28px)}figure.spoiler::after{content:"SPOILER";position:absolute;inset:0;margin:auto;width:80px;height:28px;line-height:28px;text-align:center;background:#111c;border-radius:14px;font-size:12px;font-weight:700}
.alt{position:absolute;left:8px;top:8px;background:#111c;border-radius:4px;font-size:10px;font-weight:700;padding:1px 5px}
figcaption{color:#949ba4;font-size:12px}.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:4px}
.button{border-radius:8px;padding:6px 14px;min-height:32px;font-size:14px;font-weight:500;color:#fff;background:#4e5058}
.button.primary{background:#5865f2}.button.success{background:#248046}.button.danger{background:#da373c}.button.disabled{opacity:.5}
.button.link::after{content:" ↗"}.select,.input,.file{background:#1e1f22;border:1px solid #3f4147;border-radius:8px;padding:8px 12px;max-width:400px;color:#949ba4}
.input{max-width:none;white-space:pre-wrap;color:#dbdee1}.input.long{min-height:88px}.section{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:16px;align-items:start}
.section img{width:85px;height:85px}hr{border:0;border-top:1px solid #3f4147}hr.large{margin:16px 0}.label{font-weight:600;color:#f2f3f5}.required{color:#f23f43}
.time-mark{background:#3f4147;border-radius:3px;padding:0 2px}.thinking::after{content:" …"}.option{display:block;padding:4px 0}
"""


def page(
    bodies: Iterable[Json],
    *,
    title: str = "Messages",
    load: Load | None = None,
    names: Mapping[int, str] | None = None,
) -> str:
    """A whole HTML page of messages and modals (a body with a `title` and a `custom_id`).

    Args:
        load: Finds the bytes and the media type behind a link, so that the page needs no server.
        names: People's names by id, as a client knows them.
    """
    shown = "\n".join(Renderer(load).body(body) for body in bodies)
    for person, name in (names or {}).items():
        shown = shown.replace(
            f'<span class="mention">@{person}</span>', f'<span class="mention">@{escape(name)}</span>'
        )
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><main>{shown}</main></body></html>'


class Renderer:
    """Turns JSON into HTML; every text is escaped."""

    def __init__(self, load: Load | None = None) -> None:
        self._load = load

    def body(self, body: Json) -> str:
        return self.modal(body) if "custom_id" in body and "title" in body else self.message(body)

    def message(self, message: Json) -> str:
        flags = message.get("flags", 0)
        author = message["author"]
        name = author.get("global_name") or author["username"]
        badge = '<span class="badge">APP</span>' if author.get("bot") else ""
        time = f'<span class="time">{escape(message["timestamp"][11:16])}</span>'
        kind = " ephemeral" if flags & _EPHEMERAL else ""
        head = f'<div><span class="name">{escape(name)}</span>{badge}{time}</div>'
        return (
            f'<article class="message{kind}"><div class="avatar">{escape(name[:1])}</div>'
            f"<div>{head}{self._content(message, flags)}</div></article>"
        )

    def _content(self, message: Json, flags: int) -> str:
        if flags & _LOADING:
            return '<p class="thinking">is thinking</p>'
        edited = '<span class="edited">(edited)</span>' if message.get("edited_timestamp") else ""
        note = (
            '<div class="note">👁 Only you can see this • Dismiss message</div>' if flags & _EPHEMERAL else ""
        )
        embeds = "".join(self._embed(embed) for embed in message.get("embeds", ()))
        components = "".join(self.component(part) for part in message.get("components", ()))
        attachments = "" if flags & (1 << 15) else self._attachments(message)
        return f"{markdown(message.get('content', ''))}{edited}{attachments}{embeds}{components}{note}"

    def _attachments(self, message: Json) -> str:
        embedded = {str((embed.get("image") or {}).get("url")) for embed in message.get("embeds", ())}
        shown = [file for file in message.get("attachments", ()) if file["url"] not in embedded]
        pictures = [file for file in shown if str(file.get("content_type", "")).startswith("image/")]
        others = "".join(
            f'<div class="file">📄 {escape(f["filename"])}</div>' for f in shown if f not in pictures
        )
        figures = [
            self._figure(
                file["url"], file.get("description"), spoiler=file["filename"].startswith("SPOILER_")
            )
            for file in pictures
        ]
        return (_gallery(figures) if figures else "") + others

    def _figure(self, url: str, alt: str | None, *, spoiler: bool = False, caption: bool = True) -> str:
        badge = '<span class="alt">ALT</span>' if alt and caption else ""
        text = f"<figcaption>{escape(alt or 'no alt text')}</figcaption>" if caption else ""
        kind = ' class="spoiler"' if spoiler else ""
        image = f'<img src="{escape(self._source(url))}" alt="{escape(alt or "")}">'
        return f"<figure{kind}>{image}{badge}{text}</figure>"

    def _source(self, url: str) -> str:
        found = self._load(url) if self._load else None
        if found is None:
            return url
        data, media_type = found
        return f"data:{media_type};base64,{base64.b64encode(data).decode()}"

    def _embed(self, embed: Json) -> str:
        parts = []
        if embed.get("author"):
            parts.append(f'<div class="sub">{escape(embed["author"]["name"])}</div>')
        if embed.get("title"):
            parts.append(f'<div class="embed-title">{escape(embed["title"])}</div>')
        parts.append(markdown(embed.get("description") or ""))
        fields = "".join(
            f"<div><b>{escape(field['name'])}</b>{markdown(field['value'])}</div>"
            for field in embed.get("fields", ())
        )
        parts.append(f'<div class="fields">{fields}</div>' if fields else "")
        if embed.get("image"):
            parts.append(_gallery([self._figure(embed["image"]["url"], None, caption=False)]))
        if embed.get("footer"):
            parts.append(f'<div class="sub">{escape(embed["footer"]["text"])}</div>')
        return f'<div class="embed"{_accent(embed.get("color"))}>{"".join(parts)}</div>'

    def component(self, part: Json) -> str:
        """One component of a message."""
        match part["type"]:
            case 1:
                return (
                    f'<div class="row">{"".join(self.component(child) for child in part["components"])}</div>'
                )
            case 2:
                return _button(part)
            case 3 | 5 | 6 | 7 | 8:
                return f'<div class="select">{escape(part.get("placeholder") or "Make a selection")} ▾</div>'
            case 9:
                texts = "".join(self.component(child) for child in part["components"])
                return f'<div class="section"><div>{texts}</div>{self.component(part["accessory"])}</div>'
            case 10:
                return markdown(part["content"])
            case 11:
                alt = part.get("description")
                return self._figure(
                    part["media"]["url"], alt, spoiler=bool(part.get("spoiler")), caption=False
                )
            case 12:
                return _gallery(
                    [
                        self._figure(
                            item["media"]["url"], item.get("description"), spoiler=bool(item.get("spoiler"))
                        )
                        for item in part["items"]
                    ]
                )
            case 13:
                return f'<div class="file">📄 {escape(part.get("name") or part["file"]["url"])}</div>'
            case 14:
                line = '<hr class="large">' if part.get("spacing") == 2 else "<hr>"
                return line if part.get("divider", True) else "<br>"
            case 17:
                inner = "".join(self.component(child) for child in part["components"])
                return f'<div class="container"{_accent(part.get("accent_color"))}>{inner}</div>'
        return f'<div class="note">component {escape(str(part["type"]))}</div>'

    def modal(self, modal: Json) -> str:
        rows = "".join(_modal_row(row) for row in modal["components"])
        buttons = '<div class="row"><span class="button">Cancel</span><span class="button primary">Submit</span></div>'
        return f'<section class="modal"><h2>{escape(modal["title"])}</h2>{rows}{buttons}</section>'


def _modal_row(row: Json) -> str:
    if row["type"] == 10:
        return markdown(row["content"])
    component = row["component"] if row["type"] == 18 else row["components"][0]
    label = row.get("label") or component.get("label") or ""
    star = ' <span class="required">*</span>' if component.get("required", True) else ""
    description = f'<span class="sub">{escape(row["description"])}</span>' if row.get("description") else ""
    return (
        f'<div><span class="label">{escape(label)}</span>{star}{description}{_modal_input(component)}</div>'
    )


def _modal_input(component: Json) -> str:
    match component["type"]:
        case 4:
            long = " long" if component.get("style") == 2 else ""
            text = component.get("value") or component.get("placeholder") or " "
            return f'<div class="input{long}">{escape(text)}</div>'
        case 19:
            return '<div class="file">⬆ Drop files here or browse</div>'
        case 21 | 22:
            mark = "○" if component["type"] == 21 else "☐"
            options = component["options"]
            return "".join(
                f'<span class="option">{mark} {escape(option["label"])}</span>' for option in options
            )
        case 23:
            return '<span class="option">☐</span>'
    return f'<div class="select">{escape(component.get("placeholder") or "Make a selection")} ▾</div>'


def _button(button: Json) -> str:
    kinds = ["button", _BUTTON_STYLES[button["style"]], *(["disabled"] if button.get("disabled") else [])]
    emoji = (button.get("emoji") or {}).get("name") or ""
    text = " ".join(filter(None, [emoji, button.get("label") or ""]))
    return f'<span class="{" ".join(kinds)}">{escape(text)}</span>'


def _gallery(figures: list[str]) -> str:
    one = " one" if len(figures) == 1 else ""
    return f'<div class="gallery{one}">{"".join(figures)}</div>'


def _accent(color: int | None) -> str:
    return "" if color is None else f' style="--accent:#{color:06x}"'


_INLINE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\[([^\]]+)\]\(&lt;?(https?://[^\s)&]+)(?:&gt;)?\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\w)_(?!_)(.+?)_(?!\w)"), r"<em>\1</em>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
    (re.compile(r"~~(.+?)~~"), r"<s>\1</s>"),
    (re.compile(r"&lt;(@[!&amp;]*\d+|#\d+)&gt;"), r'<span class="mention">\1</span>'),
    (re.compile(r"&lt;/([\w -]+):\d+&gt;"), r'<span class="mention">/\1</span>'),
    (
        re.compile(r"&lt;t:(\d+)(?::(\w))?&gt;"),
        lambda found: f'<span class="time-mark">{_moment(int(found[1]), relative=found[2] == "R")}</span>',
    ),
)
_CODE = re.compile(r"(`[^`\n]+`)")
_ESCAPED = re.compile(r"\\([*_~`|>\[\]()#\\-])")


def markdown(text: str) -> str:
    """Discord's markdown: headings, small text, quotes, bold, italic, code, links, mentions, escapes."""
    shown = []
    for number, piece in enumerate(text.split("```")):
        if number % 2:
            shown.append(f"<pre>{escape(piece.strip())}</pre>")
        elif piece.strip():
            shown += [_line(line) for line in piece.strip("\n").split("\n")]
    return "".join(shown)


def _moment(seconds: int, *, relative: bool) -> str:
    """As a client writes it; "ago" is counted from the hour of the twin's example messages."""
    then = datetime.fromtimestamp(seconds, UTC)
    if not relative:
        return then.strftime("%-d %B %Y, %H:%M")
    minutes = max(1, int((EXAMPLE_NOW - then).total_seconds() / 60))
    if minutes >= 120:
        return f"{minutes // 60} hours ago"
    return "1 minute ago" if minutes == 1 else f"{minutes} minutes ago"


def _line(line: str) -> str:
    for mark, tag in (("### ", "h3"), ("## ", "h2"), ("# ", "h1")):
        if line.startswith(mark):
            return f"<{tag}>{_inline(line[len(mark) :])}</{tag}>"
    if line.startswith("-# "):
        return f'<span class="sub">{_inline(line[3:])}</span>'
    if line.startswith("> "):
        return f"<blockquote>{_inline(line[2:])}</blockquote>"
    return f"<p>{_inline(line)}</p>"


def _inline(text: str) -> str:
    pieces = []
    for piece in _CODE.split(text):
        if _CODE.fullmatch(piece):
            pieces.append(f"<code>{escape(piece[1:-1])}</code>")
            continue
        # Escaped marks are hidden from the patterns behind private-use characters.
        hidden = _ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1])), piece)
        shown = escape(hidden, quote=False)
        for pattern, replacement in _INLINE:
            shown = pattern.sub(replacement, shown)
        pieces.append(re.sub(r"[\ue000-\ue07f]", lambda found: escape(chr(ord(found[0]) - 0xE000)), shown))
    return "".join(pieces)
