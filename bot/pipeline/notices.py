"""What the requester should know beside the picture, derived from what the stages did."""

from bot.domain.jobs import PaidPictures, SafeWords
from bot.domain.outcomes import Notice, NoticeKey
from bot.domain.policy import Presentation
from bot.domain.requests import Options

OFFLINE_PROVIDER = "offline"


def notices_for(
    options: Options,
    words: SafeWords,
    pictures: PaidPictures,
    shown: Presentation,
    *,
    without_lora: bool = False,
    withheld: int = 0,
) -> tuple[Notice, ...]:
    """Honest remarks, most important first; moderators may leave out what was reworded, and add a line of theirs.

    `withheld`: pictures that were made and did not pass their check.
    """
    found: list[Notice] = []
    if pictures.provider == OFFLINE_PROVIDER:
        found.append(Notice(NoticeKey.OFFLINE_PREVIEW))
    if pictures.fell_back:
        found.append(Notice(NoticeKey.BACKUP_MODEL, (("model", pictures.model),)))
    if without_lora:
        found.append(Notice(NoticeKey.WITHOUT_LORA, (("model", pictures.model),)))
    if pictures.bought_again:
        found.append(Notice(NoticeKey.BOUGHT_AGAIN))
    if words.changes and shown.show_rewording:
        found += [Notice(NoticeKey.REWORDED, (("term", old), ("reading", new))) for old, new in words.changes]
    elif words.reworded and shown.show_rewording:
        found.append(Notice(NoticeKey.REWORDED))
    if words.degraded:
        found.append(Notice(NoticeKey.POLISHING_OFF))
    if (made := len(pictures.images) - withheld) < options.count:
        found.append(Notice(NoticeKey.FEWER_IMAGES, (("made", str(made)), ("asked", str(options.count)))))
    if shown.attribution:
        found.append(Notice(NoticeKey.ATTRIBUTION, (("text", shown.attribution),)))
    return tuple(found)
