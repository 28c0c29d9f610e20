"""How a dry run, the last decisions and whose a picture is read. Pure: views in, pages out."""

import time
from collections.abc import Sequence

from bot.domain.moderators import Judged
from bot.domain.provenance import Signature
from bot.messages.desk import DeskSay, DeskTexts, marked
from bot.moderation.pages import Button, Page
from bot.moderation.panel.frame import LINE, cut, home
from bot.moderation.provenance import Verified
from bot.pipeline.dry_run import DryRun


def dry_run(result: DryRun, texts: DeskTexts) -> Page:
    """Every layer's word about a prompt."""
    say = texts.say
    lines = [say(DeskSay.TEST_DECISION, decision=texts.word("decision", result.decision))]
    if result.decided_by:
        reason = texts.word("reason", result.reason_code or "")
        lines.append(
            say(DeskSay.TEST_DECIDED_BY, layer=texts.word("layer", result.decided_by), reason=reason)
        )
    for layer in result.layers:
        said = say(
            DeskSay.TEST_LAYER, layer=texts.word("layer", layer.name), says=texts.word("says", layer.says)
        )
        top = max(layer.scores.items(), key=lambda item: item[1], default=None)
        lines.append(f"{said} ({top[0]} {top[1]:.2f})" if top else said)
    lines += [say(DeskSay.TEST_HIT, term=hit.term, match=str(hit.match)) for hit in result.hits[:10]]
    if result.safe_prompt:
        lines.append(say(DeskSay.TEST_WOULD_DRAW, prompt=cut(result.safe_prompt, LINE)))
    if result.suggestion:
        lines.append(say(DeskSay.TEST_SUGGESTS, prompt=result.suggestion))
    if result.picture_checks and result.safe_prompt:
        checks = ", ".join(texts.word("layer", check) for check in result.picture_checks)
        lines.append(say(DeskSay.TEST_PICTURES, checks=checks))
    lines.append(say(DeskSay.TEST_NOTHING_MADE))
    return Page(say(DeskSay.TEST_TITLE), tuple(lines), (Button(say(DeskSay.BUTTON_TEST), "ask"), home(texts)))


def decisions(found: Sequence[Judged], texts: DeskTexts) -> Page:
    """The last decisions with their reasons: the answer to "why was that refused?"."""
    lines = [_decision(judged, texts) for judged in found]
    title = texts.say(DeskSay.DECISIONS_TITLE)
    return Page(title, tuple(lines) or (texts.say(DeskSay.DECISIONS_NONE),), (home(texts),))


def _decision(judged: Judged, texts: DeskTexts) -> str:
    passed = judged.decision in {"allow", "rewrite"}
    return texts.say(
        DeskSay.DECISION_ALLOWED if passed else DeskSay.DECISION_LINE,
        decision=texts.word("decision", judged.decision),
        reason=texts.word("reason", judged.reason),
        layer=texts.word("layer", judged.decided_by) if judged.decided_by else "-",
        who=judged.person.display_name or marked("person", judged.person.user_id),
        words=cut(judged.words),
    )


def verified(found: Sequence[Verified], texts: DeskTexts) -> Page:
    """Whose each file is, and what it says; with what was not checked."""
    say, lines = texts.say, list[str]()
    for one in found:
        lines.append(f"SHA-256 {one.sha256}")
        lines += [
            say(
                DeskSay.VERIFY_PREVIEW if made.preview else DeskSay.VERIFY_OURS,
                model=made.model,
                provider=made.provider,
                at=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(made.at)),
                reference=made.job_id,
            )
            for made in one.made
        ]
        if not one.made:
            lines.append(say(DeskSay.VERIFY_NOT_OURS))
        lines += [_credentials(one, texts), *_marks(one, texts)]
    return Page(say(DeskSay.VERIFY_TITLE), tuple(lines), (home(texts),))


def _credentials(one: Verified, texts: DeskTexts) -> str:
    if one.credentials is None:
        return texts.say(DeskSay.VERIFY_GONE)
    if not one.credentials:
        return texts.say(DeskSay.VERIFY_NONE)
    if one.marks is None or one.marks.signature is Signature.ABSENT:
        return texts.say(DeskSay.VERIFY_CREDENTIALS)
    return texts.say(DeskSay.VERIFY_SIGNATURE, state=texts.word("signature", one.marks.signature))


def _marks(one: Verified, texts: DeskTexts) -> Sequence[str]:
    """What the maker's own check said, and that the file was sent there for it."""
    if not one.sent:
        return ()
    sent = texts.say(DeskSay.VERIFY_SENT)
    if one.marks is None:
        return (texts.say(DeskSay.VERIFY_UNANSWERED), sent)
    if not one.marks.detected:
        return (texts.say(DeskSay.VERIFY_NO_MARKS), sent)
    names = [(texts.word("mark", mark), model) for mark, model in one.marks.detected]
    marks = ", ".join(f"{name} ({model})" if model else name for name, model in names)
    return (texts.say(DeskSay.VERIFY_MARKS, marks=marks), sent)
