"""The page that shows messages as Discord does."""

from typing import Any

from tests.twins.discord_render import markdown, page

AUTHOR = {"username": "imagine", "global_name": "Imagine", "bot": True}
BASE: dict[str, Any] = {"author": AUTHOR, "timestamp": "2026-11-25T12:34:00+00:00", "flags": 0, "content": ""}


def test_a_components_v2_message_with_its_picture_inside_the_page() -> None:
    components = [
        {
            "type": 17,
            "accent_color": 0xC8963E,
            "components": [
                {"type": 10, "content": "## A *brass* owl <b>"},
                {
                    "type": 12,
                    "items": [{"media": {"url": "http://cdn/owl.png"}, "description": "owl & moon"}],
                },
                {"type": 14, "divider": True, "spacing": 1},
                {"type": 1, "components": [{"type": 2, "style": 1, "label": "Vary", "custom_id": "v"}]},
            ],
        }
    ]

    html = page([BASE | {"flags": 1 << 15, "components": components}], load=lambda _: (b"png", "image/png"))

    assert "<h2>A <em>brass</em> owl &lt;b&gt;</h2>" in html
    assert 'src="data:image/png;base64,cG5n" alt="owl &amp; moon"' in html
    assert "--accent:#c8963e" in html
    assert '<span class="button primary">Vary</span>' in html


def test_a_classic_message_an_ephemeral_one_and_a_modal() -> None:
    embed = {"title": "Info", "description": "text", "fields": [{"name": "Seed", "value": "7"}], "color": 1}
    file = {
        "filename": "owl.png",
        "url": "http://cdn/owl.png",
        "content_type": "image/png",
        "description": "owl",
    }
    modal = {
        "title": "Edit",
        "custom_id": "m",
        "components": [
            {
                "type": 18,
                "label": "Prompt",
                "component": {"type": 4, "style": 2, "value": "a fox", "custom_id": "p"},
            }
        ],
    }

    html = page(
        [BASE | {"content": "hi", "embeds": [embed], "attachments": [file]}, BASE | {"flags": 64}, modal]
    )

    assert "<p>hi</p>" in html
    assert 'alt="owl"' in html
    assert "<b>Seed</b>" in html
    assert "Only you can see this" in html
    assert '<div class="input long">a fox</div>' in html


def test_markdown_is_escaped_before_it_is_read() -> None:
    assert markdown("<script>") == "<p>&lt;script&gt;</p>"
    assert markdown(r"\*plain\* `<code>`") == "<p>*plain* <code>&lt;code&gt;</code></p>"
    assert markdown("-# small") == '<span class="sub">small</span>'
    assert markdown("[open](https://cdn.test/a)") == '<p><a href="https://cdn.test/a">open</a></p>'
    assert 'class="mention"' in markdown("<@123> </imagine:456>")
