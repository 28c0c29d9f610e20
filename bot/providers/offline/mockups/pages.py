"""Pages in a browser window: a login, a landing page."""

from bot.providers.offline.canvas import clear, linear
from bot.providers.offline.lettering import Weight
from bot.providers.offline.mockups.board import Board, Frame, bar, browser, button, emblem, label, shadowed
from bot.providers.offline.palette import WHITE, darker, lighter, mix


def login(b: Board) -> None:
    page = browser(b, 0.86)
    c, t = b.canvas, b.theme
    split = page.w > 70
    if split:
        art = Frame(page.x + page.w * 0.52, page.y, page.w * 0.48, page.h)
        corner = [
            (art.x, art.y),
            (art.x + art.w, art.y),
            (art.x + art.w, art.y + art.h),
            (art.x, art.y + art.h),
        ]
        with c.clipped(corner):
            c.rect(
                art.x,
                art.y,
                art.w,
                art.h,
                linear(lighter(t.accent, 0.36), t.accent, darker(t.accent, 0.45), angle=60),
            )
            for k in range(4):
                c.circle(
                    art.x + art.w * 0.5, art.y + art.h * 0.52, art.h * (0.46 - 0.1 * k), clear(WHITE, 0.09)
                )
            for side, size in ((0.1, 0.14), (0.86, 0.2)):
                c.circle(art.x + art.w * side, art.y + art.h * (1 - side), art.w * size, clear(t.second, 0.6))
        emblem(b, art.x + art.w * 0.3, art.y + art.h * 0.52 - art.w * 0.2, art.w * 0.4)
    w = page.w * (0.36 if split else 0.74)
    form = Frame(page.x + page.w * (0.08 if split else 0.13), page.y + page.h * 0.12, w, page.h * 0.76)
    unit = form.h / 13
    if not split:
        emblem(b, form.x, form.y - unit * 0.8, unit * 1.4)
    label(b, form.x, form.y + unit * 1.9, "Welcome back", unit * 1.15, t.ink, Weight.BOLD, w)
    label(
        b,
        form.x,
        form.y + unit * 3,
        f"Sign in to {b.title}" if b.title else "Sign in to continue",
        unit * 0.56,
        t.faint,
        Weight.REGULAR,
        w,
    )
    for i, (name, value) in enumerate((("Email", "you@example.com"), ("Password", "• • • • • • • •"))):
        y = form.y + unit * (4.1 + i * 2.7)
        label(b, form.x, y + unit * 0.4, name, unit * 0.5, t.ink, Weight.MEDIUM, w)
        c.rect(
            form.x,
            y + unit * 0.7,
            w,
            unit * 1.4,
            t.accent if i == 0 else mix(t.faint, t.card, 0.5),
            unit * 0.3,
        )
        c.rect(form.x + unit * 0.08, y + unit * 0.78, w - unit * 0.16, unit * 1.24, t.card, unit * 0.26)
        label(
            b,
            form.x + unit * 0.5,
            y + unit * 1.42,
            value,
            unit * 0.54,
            t.faint,
            Weight.REGULAR,
            w * 0.8,
            "lm",
        )
    c.rect(form.x, form.y + unit * 9.5, unit * 0.56, unit * 0.56, t.accent, unit * 0.14)
    c.line(
        [
            (form.x + unit * 0.14, form.y + unit * 9.8),
            (form.x + unit * 0.25, form.y + unit * 9.92),
            (form.x + unit * 0.44, form.y + unit * 9.64),
        ],
        unit * 0.08,
        WHITE,
    )
    label(
        b,
        form.x + unit * 0.8,
        form.y + unit * 9.8,
        "Remember me",
        unit * 0.46,
        t.faint,
        Weight.REGULAR,
        w * 0.45,
        "lm",
    )
    label(
        b,
        form.x + w,
        form.y + unit * 9.8,
        "Forgot password?",
        unit * 0.46,
        t.accent,
        Weight.MEDIUM,
        w * 0.4,
        "rm",
    )
    button(b, Frame(form.x, form.y + unit * 10.8, w, unit * 1.7), "Sign in")


def landing(b: Board) -> None:
    page = browser(b, 0.92)
    c, t, em = b.canvas, b.theme, page.em
    emblem(b, page.x + em, page.y + em * 0.8, em * 1.8)
    label(
        b,
        page.x + em * 3.3,
        page.y + em * 1.75,
        b.title or "Studio",
        em * 1.1,
        t.ink,
        Weight.BOLD,
        page.w * 0.3,
        "lm",
    )
    for i in range(3):
        bar(c, page.x + page.w * (0.5 + i * 0.1), page.y + em * 1.5, page.w * 0.06, em * 0.5, t.faint, 0.6)
    button(b, Frame(page.x + page.w - em * 5.5, page.y + em * 0.8, em * 4.5, em * 1.9), "Sign up")
    hero = Frame(page.x + em * 1.4, page.y + em * 4.2, page.w - em * 2.8, page.h * 0.5)
    left = hero.w * 0.5
    lines = (f"{b.title}," if b.title else "Make something", "made with care" if b.title else "people love")
    for i, line in enumerate(lines):
        label(
            b,
            hero.x,
            hero.y + hero.h * (0.25 + 0.21 * i),
            line,
            hero.h * 0.17,
            t.ink,
            Weight.BLACK,
            left * 0.95,
        )
    for i, share in enumerate((0.8, 0.62)):
        bar(c, hero.x, hero.y + hero.h * (0.56 + i * 0.08), left * share, hero.h * 0.035, t.faint, 0.6)
    button(b, Frame(hero.x, hero.y + hero.h * 0.77, left * 0.42, hero.h * 0.15), "Get started")
    label(
        b,
        hero.x + left * 0.5,
        hero.y + hero.h * 0.845,
        "Learn more",
        hero.h * 0.065,
        t.accent,
        Weight.BOLD,
        left * 0.3,
        "lm",
    )
    art = Frame(hero.x + left + em, hero.y, hero.w - left - em, hero.h)
    c.rect(art.x, art.y, art.w, art.h, linear(lighter(t.second, 0.45), lighter(t.accent, 0.3), angle=50), em)
    size = min(art.w, art.h) * 0.72
    c.circle(art.x + art.w / 2, art.y + art.h / 2, size * 0.6, clear(WHITE, 0.4))
    emblem(b, art.x + (art.w - size) / 2, art.y + (art.h - size) / 2, size, plain=True)
    low = hero.y + hero.h + em * 1.4
    rest = page.y + page.h - em - low
    for i in range(3):
        w = (hero.w - em * 2) / 3
        card = Frame(hero.x + i * (w + em), low, w, rest)
        shadowed(c, card, em * 0.7, t.card)
        c.rect(
            card.x + w * 0.08,
            card.y + rest * 0.14,
            rest * 0.26,
            rest * 0.26,
            linear(lighter(t.accent, 0.4), (t.accent, t.second, t.accent)[i]),
            rest * 0.08,
        )
        bar(c, card.x + w * 0.08, card.y + rest * 0.52, w * 0.5, rest * 0.09, t.ink, 0.7)
        bar(c, card.x + w * 0.08, card.y + rest * 0.7, w * 0.8, rest * 0.06, t.faint)
        bar(c, card.x + w * 0.08, card.y + rest * 0.82, w * 0.6, rest * 0.06, t.faint)
