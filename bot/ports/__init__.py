"""What the core needs from the outside, as Protocols. Everything behind them can be replaced in a test."""

from bot.ports.attempts import AttemptLog
from bot.ports.awaiting import Awaiting
from bot.ports.chat import ChatAdapter, Progress, ShowsAnew, TellsOfReturn
from bot.ports.clock import Clock
from bot.ports.describing import Describer
from bot.ports.forgetting import Forgetting
from bot.ports.health import Check, Health
from bot.ports.hosting import ImageStore
from bot.ports.identities import Identities
from bot.ports.jobs import Accepted, Duplicate, JobStore
from bot.ports.leftovers import Leftovers
from bot.ports.policies import PolicyStore
from bot.ports.provenance import MarksReader
from bot.ports.providers import ImageProvider, ImageRouter
from bot.ports.scores import Moderator, PictureScorer, SecondCheck
from bot.ports.telemetry import Telemetry
from bot.ports.verdicts import LocalRules, PromptSanitizer, SanitizeTask
from bot.ports.watch import Admission, Reported, Watch

__all__ = [
    "Accepted",
    "Admission",
    "AttemptLog",
    "Awaiting",
    "ChatAdapter",
    "Check",
    "Clock",
    "Describer",
    "Duplicate",
    "Forgetting",
    "Health",
    "Identities",
    "ImageProvider",
    "ImageRouter",
    "ImageStore",
    "JobStore",
    "Leftovers",
    "LocalRules",
    "MarksReader",
    "Moderator",
    "PictureScorer",
    "PolicyStore",
    "Progress",
    "PromptSanitizer",
    "Reported",
    "SanitizeTask",
    "SecondCheck",
    "ShowsAnew",
    "Telemetry",
    "TellsOfReturn",
    "Watch",
]
