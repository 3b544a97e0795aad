"""What an operator may set, by environment (`CHANNELGATE_...`) or by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.runtime.shipped import default_policies, floor_of

USUAL_ORIGIN = "channelgate"
"""The name of a log that was given none."""
USUAL_STOP_SECONDS = 20
"""So long is waited at a stop for calls that are being answered and for callers who read slowly."""


class Settings(BaseSettings):
    """The settings of the service; paths are relative to the working folder, sizes are bytes."""

    model_config = SettingsConfigDict(env_prefix="CHANNELGATE_", env_ignore_empty=True, frozen=True)

    policies: Path = Field(default_factory=default_policies)
    floor: Path = Field(default_factory=lambda taken: floor_of(taken["policies"]))
    database: Annotated[str, BeforeValidator(str)] = "channelgate.db"
    signing_key: Path | None = None
    log_origin: str = USUAL_ORIGIN
    host: str = "127.0.0.1"
    port: int = Field(default=8064, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    max_body_bytes: PositiveInt = 1024**2
    max_list_bytes: PositiveInt = 16 * 1024**2
    max_entries: PositiveInt = 10_000
    max_connections: PositiveInt | None = None
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
