"""Discord's section of the environment."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

from bot.settings import Section


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return tuple(int(part) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("takes numbers with commas between them") from None
    return value


def _divided(ids: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
    if "discord_shard_count" not in info.data or not ids:
        return ids
    count = info.data["discord_shard_count"]
    if count is None:
        raise ValueError("DISCORD_SHARD_COUNT has to say how many there are in all")
    if any(not 0 <= number < count for number in ids):
        raise ValueError(f"DISCORD_SHARD_COUNT leaves 0 to {count - 1}")
    return ids


class DiscordSettings(Section):
    """Token, REST base, and how shards are divided.

    Attributes:
        discord_public_key: Set it to receive interactions over signed HTTP instead of the gateway.
        discord_shard_ids, discord_shard_count: The shards of this process; empty lets the library decide.
    """

    discord_token: SecretStr | None = None
    discord_api_base_url: str = "https://discord.com/api/v10"
    discord_public_key: str | None = None
    discord_shard_count: Annotated[int | None, Field(ge=1)] = None
    discord_shard_ids: Annotated[
        tuple[int, ...], NoDecode, BeforeValidator(_numbers), AfterValidator(_divided)
    ] = ()
