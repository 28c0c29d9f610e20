"""A Slack on loopback for an unmodified bolt process: Web API, Socket Mode, signed HTTP, response_url, uploads, people.

It enforces what facts about the real Slack say: block rules, scopes of the manifest, pictures that Slack downloads
itself while posting, files that are ready only a moment after their upload, membership, ephemeral messages, five
uses of a response_url within 30 minutes of its own clock, three seconds to acknowledge, redelivery of events.
"""

from tests.twins.slack_twin.people import Person
from tests.twins.slack_twin.records import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, TEAM, Message
from tests.twins.slack_twin.twin import SlackTwin

__all__ = [
    "BOT_TOKEN",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SIGNING_SECRET",
    "TEAM",
    "Message",
    "Person",
    "SlackTwin",
]
