"""What an operator may set, by environment (`CHANNELGATE_...`) or by the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of the service; paths are relative to the working folder, sizes are bytes."""

    model_config = SettingsConfigDict(env_prefix="CHANNELGATE_", frozen=True)

    policies: Path = Path("policies")
    database: Path = Path("channelgate.db")
    host: str = "127.0.0.1"
    port: int = Field(default=8064, ge=0, le=65535)
    max_body_bytes: PositiveInt = 1024**2
    max_list_bytes: PositiveInt = 16 * 1024**2
    max_entries: PositiveInt = 10_000
