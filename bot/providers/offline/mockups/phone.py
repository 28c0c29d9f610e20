"""An app on telephones."""

from bot.providers.offline.canvas import linear
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, bar, button, emblem, label, shadowed
from bot.providers.offline.mockups.charts import area, donut
from bot.providers.offline.mockups.dashboard import card_chart
from bot.providers.offline.palette import darker, ink_on, lighter, mix


def mobile(b: Board) -> None:
    h = min(82.0, b.wide * 1.7)
    phones = 3 if b.wide > 130 else 2 if b.wide > 95 else 1
    w = h * 0.48
    gap = w * 0.22
    x = (b.wide - phones * w - (phones - 1) * gap) / 2
    for i in range(phones):
        drop = 0.0 if phones == 1 or i == phones // 2 else 2.4
        _phone(
            b,
            Frame(x + i * (w + gap), (94 - h) / 2 + drop, w, h - drop),
            screen=(i + 1) % 3 if phones > 1 else 0,
        )


def _phone(b: Board, f: Frame, screen: int) -> None:
    c, t, u = b.canvas, b.theme, f.w / 20
    shadowed(c, f, u * 3, (32, 30, 42), 0.7)
    inner = Frame(f.x + u * 0.7, f.y + u * 0.7, f.w - u * 1.4, f.h - u * 1.4)
    c.rect(inner.x, inner.y, inner.w, inner.h, t.page, u * 2.4)
    if screen == 0:
        c.rect(
            inner.x,
            inner.y,
            inner.w,
            u * 11,
            linear(lighter(t.accent, 0.2), t.accent, darker(t.accent, 0.2), angle=60),
            u * 2.4,
        )
        c.rect(inner.x, inner.y + u * 8, inner.w, u * 3.2, linear(t.accent, darker(t.accent, 0.1)))
        label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 4.4,
            "Good morning",
            u * 0.9,
            ink_on(t.accent),
            Weight.REGULAR,
            u * 10,
        )
        label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 6.4,
            b.title or "Your day",
            u * 1.7,
            ink_on(t.accent),
            Weight.BOLD,
            u * 11,
        )
        emblem(b, inner.x + inner.w - u * 5, inner.y + u * 3, u * 3.8)
        card_chart(b, Frame(inner.x + u, inner.y + u * 8.4, inner.w - u * 2, u * 9), "Activity", area)
        y = inner.y + u * 18.4
    else:
        label(
            b,
            inner.x + u * 1.4,
            inner.y + u * 4.2,
            ("", "Discover", "Summary")[screen],
            u * 1.7,
            t.ink,
            Weight.BOLD,
            u * 12,
        )
        art = Frame(inner.x + u, inner.y + u * 5.4, inner.w - u * 2, u * 12)
        if screen == 1:
            c.rect(
                art.x,
                art.y,
                art.w,
                art.h,
                linear(lighter(t.second, 0.5), lighter(t.accent, 0.2), angle=50),
                u * 1.4,
            )
            emblem(b, art.x + art.w / 2 - u * 4.5, art.y + u * 1.5, u * 9, plain=True)
        else:
            card_chart(b, art, "Share", donut)
        y = inner.y + u * 18.4
    bottom = inner.y + inner.h - u * 7.4
    while y + u * 3.2 < bottom:
        shadowed(c, Frame(inner.x + u, y, inner.w - u * 2, u * 3), u * 0.8, t.card, 0.2)
        c.rect(
            inner.x + u * 1.6,
            y + u * 0.6,
            u * 1.8,
            u * 1.8,
            linear(lighter(t.second, 0.3), mix(t.accent, t.second, 0.5)),
            u * 0.5,
        )
        bar(c, inner.x + u * 4.2, y + u * 0.8, u * 7, u * 0.56, t.ink, 0.6)
        bar(c, inner.x + u * 4.2, y + u * 1.8, u * 4.6, u * 0.42, t.faint)
        y += u * 3.6
    button(
        b,
        Frame(inner.x + u, inner.y + inner.h - u * 7, inner.w - u * 2, u * 2.4),
        ("Continue", "Add", "Details")[screen],
    )
    for i in range(4):
        cx = inner.x + inner.w * (0.16 + i * 0.227)
        c.circle(
            cx, inner.y + inner.h - u * 2.6, u * 0.62, t.accent if i == screen else mix(t.faint, t.page, 0.4)
        )
    c.rect(f.x + f.w / 2 - u * 2.4, f.y + u * 1.3, u * 4.8, u * 0.9, (32, 30, 42), u)
