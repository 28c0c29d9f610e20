"""The hosts that take a task and are polled for it."""

from typing import Final

from bot.providers.host_spec import HostSpec
from bot.providers.hosts.bfl import BFL
from bot.providers.hosts.fal import FAL
from bot.providers.hosts.replicate import REPLICATE
from bot.providers.hosts.runpod import RUNPOD

HOSTS: Final[dict[str, HostSpec]] = {spec.name: spec for spec in (BFL, REPLICATE, FAL, RUNPOD)}
