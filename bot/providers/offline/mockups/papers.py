"""A chart and a slide, each on a card."""

from bot.providers.offline.canvas import clear, linear
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, bar, emblem, label, shadowed
from bot.providers.offline.mockups.charts import area, columns, donut
from bot.providers.offline.palette import lighter


def chart(b: Board) -> None:
    w = min(b.wide * 0.86, 140.0)
    h = min(78.0, w * 0.74)
    f = Frame((b.wide - w) / 2, (92 - h) / 2, w, h)
    c, t = b.canvas, b.theme
    shadowed(c, f, 2.4, t.card, 0.6)
    label(b, f.x + w * 0.06, f.y + h * 0.13, b.title or "Growth", h * 0.075, t.ink, Weight.BOLD, w * 0.8)
    bar(c, f.x + w * 0.06, f.y + h * 0.165, w * 0.3, h * 0.02, t.faint)
    pie = "pie" in b.scene.words.casefold()
    plot = Frame(f.x + w * 0.09, f.y + h * 0.24, w * 0.84, h * 0.64)
    if pie:
        donut(b, plot)
    elif "line" in b.scene.words.casefold():
        area(b, plot)
    else:
        for i in range(5):
            y = plot.y + plot.h * i / 5
            c.rect(plot.x, y, plot.w, 0.14, clear(t.faint, 0.35))
        columns(b, plot)


def slide(b: Board) -> None:
    w = min(b.wide * 0.9, 138.0)
    h = w * 9 / 16
    f = Frame((b.wide - w) / 2, (92 - h) / 2, w, h)
    c, t = b.canvas, b.theme
    shadowed(c, f, 1.2, t.card, 0.7)
    c.rect(f.x, f.y, w * 0.018, h, linear(t.accent, t.second))
    label(b, f.x + w * 0.07, f.y + h * 0.2, b.title or "The big idea", h * 0.12, t.ink, Weight.BLACK, w * 0.6)
    c.rect(f.x + w * 0.07, f.y + h * 0.25, w * 0.1, h * 0.014, t.accent)
    for i in range(4):
        y = f.y + h * (0.38 + i * 0.12)
        c.circle(f.x + w * 0.085, y + h * 0.018, h * 0.016, t.accent)
        bar(c, f.x + w * 0.115, y, w * (0.24 + 0.05 * (i * 5 % 3)), h * 0.036, t.ink, 0.5)
    if b.emblem is not None:
        size = h * 0.6
        c.circle(
            f.x + w * 0.76,
            f.y + h * 0.52,
            size * 0.58,
            linear(lighter(t.second, 0.6), lighter(t.accent, 0.5)),
        )
        emblem(b, f.x + w * 0.76 - size * 0.4, f.y + h * 0.52 - size * 0.4, size * 0.8, plain=True)
    else:
        columns(b, Frame(f.x + w * 0.56, f.y + h * 0.34, w * 0.36, h * 0.46))
    bar(c, f.x + w * 0.07, f.y + h * 0.92, w * 0.14, h * 0.02, t.faint)
    label(b, f.x + w * 0.94, f.y + h * 0.94, "1", h * 0.04, t.faint, Weight.MEDIUM, anchor="rs")
