"""The button "tell me when it works again", and the telling: for the person alone.

Soon after the press where they are, by the press's own response_url or beside the conversation. Later they may be
elsewhere, and what only they see in a channel is gone with a reload: then a direct message comes first.
"""

from typing import Final

import structlog

from adapters.slack.delivery import Delivery
from adapters.slack.desk import Desk
from adapters.slack.doors import Door
from adapters.slack.handle import Handle
from adapters.slack.render import returned_message
from adapters.slack.web_api import LOST, Refusal
from adapters.slack.workspaces import NotInstalled
from bot.domain.awaiting import Awaited
from bot.domain.errors import DeliveryError
from bot.domain.jobs import Job
from bot.domain.outcomes import Refused
from bot.domain.requests import JobId, Requester
from bot.messages.catalogue import Texts, texts_for
from bot.messages.keys import Say
from bot.pipeline.awaiting import wish_to_hear

log = structlog.get_logger(__name__)

_DIRECT: Final = "direct"


async def wish(desk: Desk, job_id: JobId, person: Requester, handle: Handle, texts: Texts) -> None:
    """The button was pressed: a note, and a word to the person alone, beside the message with the button."""
    beside = handle.but(over=False)
    noted = await wish_to_hear(desk.studio.parts, job_id, person, beside.to_json())
    said = texts.refusal(noted) if isinstance(noted, Refused) else texts.say(Say.NOTIFY_NOTED)
    await desk.whisper(beside, said)


async def tell_of_return(delivery: Delivery, note: Awaited, job: Job | None) -> None:
    """See `bot.ports.TellsOfReturn`."""
    message = returned_message(job, texts_for(note.person.locale))
    passing = False
    for door in _doors(delivery, Handle.from_json(note.handle)):
        try:
            await door.write(message)
            return
        except Refusal as refusal:
            log.info("door_closed", door=door.name, code=refusal.code)
            passing |= refusal.passing
        except NotInstalled:
            raise DeliveryError("the app was removed from the workspace", retryable=False) from None
        except LOST as fault:
            log.info("door_closed", door=door.name, code=type(fault).__name__)
            # It may stand there: by another door it would be told twice.
            raise DeliveryError("no answer", retryable=True) from None
    raise DeliveryError("no door is open", retryable=passing)


def _doors(delivery: Delivery, handle: Handle) -> list[Door]:
    doors = delivery.doors.alone(handle)
    if handle.can_respond(delivery.doors.clock.now()):
        return doors
    return sorted(doors, key=lambda door: door.name != _DIRECT)
