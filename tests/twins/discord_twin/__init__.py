"""A Discord of one's own for tests: REST API v10, gateway, CDN, and people who use the bot."""

from tests.twins.discord_twin.command_rules import Refused
from tests.twins.discord_twin.files import Attachment, Upload
from tests.twins.discord_twin.interactions import Ack, CallbackKind, Interaction
from tests.twins.discord_twin.messages import Message
from tests.twins.discord_twin.people import Person
from tests.twins.discord_twin.permissions import Permission
from tests.twins.discord_twin.twin import DiscordTwin

__all__ = [
    "Ack",
    "Attachment",
    "CallbackKind",
    "DiscordTwin",
    "Interaction",
    "Message",
    "Permission",
    "Person",
    "Refused",
    "Upload",
]
