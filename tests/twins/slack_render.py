"""Draws Slack's blocks as a page, near enough to read them as a team would: layout, rows, weights and lengths."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Block = dict[str, Any]
Load = Callable[[str], str]
"""From an address or a file's id to something that a browser can show."""

_STYLE = """
body{font:15px/1.46 Lato,"Noto Sans",Arial,sans-serif;color:#1d1c1d;background:#fff;margin:0;padding:20px}
main{columns:2;column-gap:28px;max-width:1240px}
figure{break-inside:avoid;margin:0 0 22px;border:1px solid #ddd;border-radius:10px;padding:12px 16px}
figcaption{font-size:12px;color:#616061;margin-bottom:6px}
h2{font-size:18px;margin:8px 0 4px}
.row{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.side{display:flex;justify-content:space-between;gap:12px;align-items:center;margin:6px 0}
p{margin:6px 0;white-space:pre-wrap}
.context{font-size:13px;color:#616061;margin:4px 0;display:flex;flex-wrap:wrap;gap:0 10px}
b.button{font-weight:700;font-size:13px;border:1px solid #bbb;border-radius:6px;padding:4px 12px;white-space:nowrap}
b.primary{background:#007a5a;border-color:#007a5a;color:#fff}
b.danger{border-color:#e01e5a;color:#c01343}
.menu{font-size:13px;border:1px solid #bbb;border-radius:6px;padding:4px 12px;color:#454447}
img{max-width:340px;border-radius:8px;display:block;margin:6px 0}
hr{border:0;border-top:1px solid #ddd;margin:12px 0}
"""


def page(shown: Iterable[tuple[str, Sequence[Block]]], load: Load) -> str:
    """Each list of blocks as a figure below its title."""
    figures = "".join(
        f"<figure><figcaption>{html.escape(title)}</figcaption>{''.join(_block(one, load) for one in blocks)}</figure>"
        for title, blocks in shown
    )
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><main>{figures}</main>"


def _block(block: Block, load: Load) -> str:
    match block["type"]:
        case "header":
            return f"<h2>{_text(block['text'])}</h2>"
        case "section":
            text = f"<p>{_text(block['text'])}</p>"
            return (
                f"<div class=side>{text}{_element(block['accessory'])}</div>"
                if "accessory" in block
                else text
            )
        case "context":
            elements = "".join(f"<span>{_text(item)}</span>" for item in block["elements"])
            return f"<div class=context>{elements}</div>"
        case "actions":
            return f"<div class=row>{''.join(map(_element, block['elements']))}</div>"
        case "image":
            source = block.get("image_url") or block["slack_file"]["id"]
            return f"<img src='{load(source)}' alt='{html.escape(block['alt_text'], quote=True)}'>"
        case "divider":
            return "<hr>"
        case kind:
            raise ValueError(f"no drawing for {kind}")


def _element(element: Block) -> str:
    if element["type"] == "button":
        return f"<b class='button {element.get('style', '')}'>{_text(element['text'])}</b>"
    return f"<span class=menu>{_text(element['placeholder'])} ▾</span>"


def _text(text: Block) -> str:
    """Plain text as it is; of mrkdwn the bold, the code and the links."""
    if text["type"] == "plain_text":
        return html.escape(text["text"])
    said = re.sub(r"<(https?://[^|>]+)\|([^>]+)>", r"<u>\2</u>", text["text"])
    said = re.sub(r"\*([^*\n]+)\*", r"<strong>\1</strong>", said)
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", said)
