"""What an operator may set: by the command line, by environment (`CHANNELGATE_...`), or by a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PositiveInt, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.runtime.shipped import default_policies, floor_of
from engine import suggestion

PREFIX = "CHANNELGATE_"

USUAL_ORIGIN = "channelgate"
"""The name of a log that was given none."""
USUAL_STOP_SECONDS = 20
"""So long is waited at a stop for calls that are being answered and for callers who read slowly."""


class SettingsFault(Exception):  # reported to an operator, like a fault of the policies
    """Why settings cannot be used, all of it, and the remedy."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.remedy = remedy


class AccessLog(StrEnum):
    """What is logged of every call."""

    OFF = "off"
    JSON = "json"


def _path_as_text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


class Settings(BaseSettings):
    """The settings of the service; paths are relative to the working folder, sizes are bytes.

    An argument counts before a variable of the environment, a variable before the file named by `config`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    config: Path | None = None
    policies: Path = Field(default_factory=default_policies)
    floor: Path = Field(default_factory=lambda taken: floor_of(taken["policies"]))
    database: Annotated[str, BeforeValidator(_path_as_text)] = "channelgate.db"
    signing_key: Path | None = None
    log_origin: str = USUAL_ORIGIN
    cache: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8064, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    access_log: AccessLog = AccessLog.OFF
    max_body_bytes: PositiveInt = 1024**2
    max_list_bytes: PositiveInt = 16 * 1024**2
    max_entries: PositiveInt = 10_000
    max_connections: PositiveInt | None = None
    request_shapes: int = Field(default=4096, ge=0, le=1_000_000)
    stop_seconds: int = Field(default=USUAL_STOP_SECONDS, ge=1, le=3600)
    stop_notice_seconds: float = Field(default=0.0, ge=0.0, le=600.0)
    jwks: str | None = None
    issuer: str | None = None
    audience: str | None = None
    role_claim: str = "role"
    api_keys: Path | None = None
    insecure_no_auth: bool = False
    keep_apart: str = ""
    exercise: bool = False
    accept_unproved: bool = False
    approvers: Path | None = None
    founding: Path | None = None
    hold_past: str = ""
    console: bool = True
    public_url: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: Path | None = None
    oidc_scopes: str = "openid profile"
    oidc_name_claim: str = "sub"
    oidc_role_claim: str = "role"
    oidc_roles: str = ""
    oidc_department_claim: str = "department"
    sign_in_idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    webhooks: Path | None = None
    sign_in_hours: int = Field(default=12, ge=1, le=24 * 7)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, the first counts (called by pydantic)."""
        assert isinstance(init_settings, InitSettingsSource)
        file = init_settings.init_kwargs.get("config")
        named = (TomlConfigSettingsSource(settings_cls, file),) if file else ()
        return (init_settings, env_settings, *named)

    @property
    def is_secure(self) -> bool:
        """Whether people reach the console over TLS."""
        return (self.public_url or "").startswith("https://")

    @property
    def takes_old_days(self) -> bool:
        """Whether what was decided about a past day may be cleared, as in exercises with the dates of old."""
        return self.exercise or self.insecure_no_auth

    @property
    def key_file(self) -> Path:
        """The file of the signing key: as set, else beside the database file."""
        return self.signing_key or Path(
            "channelgate.key" if "://" in self.database else f"{self.database}.key"
        )


def read_settings(config: Path | None, given: dict[str, Any]) -> Settings:
    """Return the settings of a file, the environment and the command line (`given`).

    Raises `SettingsFault` for a file that cannot be read, settings that do not exist, and values they cannot have.
    """
    if config is not None and not config.is_file():
        raise SettingsFault(f"there is no file of settings {config}", "name one with --config")
    try:
        return Settings(**given, config=config)
    except (TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsFault(
            f"the file of settings {config} is not TOML: {error}",
            'write one setting a line, `name = value`, texts in double quotes: database = "decisions.db"',
        ) from error
    except OSError as error:
        raise SettingsFault(
            f"the file of settings {config} cannot be read ({error.strerror})", "let the service read it"
        ) from error
    except ValidationError as error:
        raise SettingsFault("; ".join(_faults(error, config, given)), "mend it, or leave it out") from error


def _faults(error: ValidationError, config: Path | None, given: dict[str, Any]) -> Iterator[str]:
    for one in error.errors(include_url=False, include_input=False):
        name = str(one["loc"][0]) if one["loc"] else ""
        if one["type"] == "extra_forbidden":
            meant = suggestion(name, Settings.model_fields)
            yield f"{config}: there is no setting `{name}`" + (f", {meant}" if meant else "")
            continue
        variable = PREFIX + name.upper()
        if name in given:
            place = f"--{name.replace('_', '-')}"
        else:
            place = variable if os.environ.get(variable) else f"{config}: {name}"
        yield f"{place}: {one['msg'][0].lower()}{one['msg'][1:]}"
