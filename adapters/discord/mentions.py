"""Whom a message calls."""

from typing import Final

import discord

NOBODY: Final = discord.AllowedMentions.none()
"""Whatever people and models have written into it."""
