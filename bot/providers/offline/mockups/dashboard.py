"""A dashboard in a browser window."""

from collections.abc import Callable

from bot.providers.offline.canvas import clear, linear
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, bar, browser, emblem, label, shadowed
from bot.providers.offline.mockups.charts import area, columns, donut
from bot.providers.offline.palette import CREAM, darker, lighter, mix


def dashboard(b: Board) -> None:
    page = browser(b, 0.92)
    c, t, em = b.canvas, b.theme, page.em
    side = page.w * 0.17 if page.w > 55 else 0.0
    if side:
        c.rect(page.x, page.y, side, page.h - 1.6, darker(t.accent, 0.62))
        c.rect(page.x, page.y + page.h - 4, side, 4, darker(t.accent, 0.62), 2)
        emblem(b, page.x + side * 0.14, page.y + em, side * 0.22)
        for i in range(6):
            y = page.y + em * 1.6 + side * 0.3 + i * em * 2.1
            if i == 0:
                c.rect(
                    page.x + side * 0.08,
                    y - em * 0.6,
                    side * 0.84,
                    em * 1.8,
                    clear(lighter(t.accent, 0.3), 0.4),
                    em * 0.5,
                )
            c.circle(page.x + side * 0.2, y + em * 0.3, em * 0.3, lighter(t.accent, 0.6))
            bar(
                c,
                page.x + side * 0.32,
                y + em * 0.05,
                side * (0.34 + 0.07 * (i * 7 % 4)),
                em * 0.5,
                CREAM,
                0.75,
            )
    main = Frame(page.x + side + em, page.y + em, page.w - side - 2 * em, page.h - 2 * em)
    label(b, main.x, main.y + em * 1.5, b.title or "Overview", em * 1.6, t.ink, Weight.BOLD, main.w * 0.6)
    c.circle(
        main.x + main.w - em * 0.9, main.y + em * 0.9, em * 0.9, linear(lighter(t.second, 0.3), t.second)
    )
    bar(c, main.x + main.w - em * 7, main.y + em * 0.4, em * 4.6, em, t.faint, 0.3)
    top = main.y + em * 2.6
    _figures(b, Frame(main.x, top, main.w, main.h * 0.17))
    middle = Frame(main.x, top + main.h * 0.17 + em * 0.8, main.w * 0.62, main.h * 0.36)
    card_chart(b, middle, "Revenue", area)
    card_chart(
        b,
        Frame(middle.x + middle.w + em * 0.8, middle.y, main.w - middle.w - em * 0.8, middle.h),
        "By channel",
        donut,
    )
    low = middle.y + middle.h + em * 0.8
    rest = main.y + main.h - low
    if rest > em * 3:
        card_chart(b, Frame(main.x, low, main.w * 0.4, rest), "This week", columns)
        _table(b, Frame(main.x + main.w * 0.4 + em * 0.8, low, main.w * 0.6 - em * 0.8, rest))


def _figures(b: Board, f: Frame) -> None:
    """A row of key figures."""
    c, t = b.canvas, b.theme
    gap = f.w * 0.02
    names = ("Sales", "Visitors", "Orders", "Rating")
    values = (
        f"${b.rng.randint(8, 48)}.{b.rng.randint(1, 9)}k",
        f"{b.rng.randint(1, 9)},{b.rng.randint(100, 999)}",
        f"{b.rng.randint(120, 980)}",
        f"4.{b.rng.randint(5, 9)}",
    )
    w = (f.w - gap * 3) / 4
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        card = Frame(f.x + i * (w + gap), f.y, w, f.h)
        shadowed(c, card, f.h * 0.12, t.card)
        c.rect(
            card.x + w * 0.72,
            card.y + f.h * 0.2,
            w * 0.18,
            w * 0.18,
            clear((t.accent, t.second)[i % 2], 0.3),
            w * 0.05,
        )
        label(b, card.x + w * 0.1, card.y + f.h * 0.34, name, f.h * 0.18, t.faint, Weight.MEDIUM, w * 0.56)
        label(b, card.x + w * 0.1, card.y + f.h * 0.66, value, f.h * 0.3, t.ink, Weight.BOLD, w * 0.6)
        label(
            b,
            card.x + w * 0.1,
            card.y + f.h * 0.88,
            f"+{b.rng.randint(2, 19)}%",
            f.h * 0.15,
            (46, 160, 104),
            Weight.BOLD,
            w * 0.5,
        )


def card_chart(b: Board, f: Frame, name: str, chart: Callable[[Board, Frame], None]) -> None:
    shadowed(b.canvas, f, min(f.w, f.h) * 0.06, b.theme.card)
    size = min(f.h * 0.1, f.w * 0.09)
    label(b, f.x + f.w * 0.06, f.y + size * 1.6, name, size, b.theme.ink, Weight.BOLD)
    pad = min(f.w, f.h) * 0.08
    chart(b, Frame(f.x + pad, f.y + size * 2.4, f.w - 2 * pad, f.h - size * 2.4 - pad))


def _table(b: Board, f: Frame) -> None:
    c, t = b.canvas, b.theme
    shadowed(c, f, min(f.w, f.h) * 0.06, t.card)
    rows = max(2, int(f.h / (f.w * 0.075)))
    step = f.h * 0.9 / rows
    for i in range(rows):
        y = f.y + f.h * 0.05 + step * (i + 0.5)
        c.circle(
            f.x + f.w * 0.07,
            y,
            step * 0.26,
            linear(lighter(t.second, 0.4), mix(t.accent, t.second, i / rows)),
        )
        bar(c, f.x + f.w * 0.13, y - step * 0.14, f.w * (0.2 + 0.05 * (i * 3 % 4)), step * 0.26, t.ink, 0.55)
        bar(c, f.x + f.w * 0.5, y - step * 0.12, f.w * 0.16, step * 0.22, t.faint)
        c.rect(
            f.x + f.w * 0.78,
            y - step * 0.22,
            f.w * 0.15,
            step * 0.44,
            clear(((46, 160, 104), t.accent, t.second)[i % 3], 0.28),
            step * 0.2,
        )
