"""Every setting, read from ``CAREPATH_*`` variables. Nothing in the code knows where its services run."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Issuer(BaseModel):
    """An OpenID issuer whose bearer tokens are accepted."""

    issuer: str
    jwks_url: str
    audience: str = "carepath"
    staff: bool = True
    """False for an issuer of patients: its tokens open nothing of the work of a person who is an employee as well."""


class Partner(BaseModel):
    """An outside system: where it answers, the token we send, the secret its webhooks are signed with (HMAC-SHA256)."""

    url: str
    token: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="CAREPATH_", env_nested_delimiter="__", extra="ignore")

    environment: Literal["production", "trial"] = "production"
    """``trial`` allows ``carepath clock advance`` and the embedded issuer's printed codes."""

    temporal_address: str = "127.0.0.1:7233"
    """Temporal's frontend, host and port."""
    temporal_namespace: str = "default"
    """A namespace of its own, or one shared with nobody else's Carepath."""
    temporal_ui_url: str = "http://127.0.0.1:8233"
    """Where people open Temporal UI: the only origin that may ask for decoding."""
    codec_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Key id → base64 of 32 bytes."""
    codec_key: str = ""
    """Id of the key that encrypts; the others only decrypt."""

    database_url: str = "postgresql+psycopg://carepath_app@127.0.0.1/carepath"
    """Role ``carepath_app``: no superuser, no BYPASSRLS, owns nothing."""
    database_system_url: str = "postgresql+psycopg://carepath_system@127.0.0.1/carepath"
    """Role ``carepath_system``: inbox, sealer, reconciler; no clinical column."""
    database_owner_url: str = "postgresql+psycopg://carepath_owner@127.0.0.1/carepath"
    """Migrations only."""
    database_pool: int = 10
    """Connections each process keeps."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    """Lines, claims, wake-ups. Nothing in it is worth keeping."""

    storage_folder: Path = Path("data/files")
    """Files, each encrypted by its own key; shared by api and workers."""
    storage_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Key id → base64 of 32 bytes; each wraps one data key a file."""
    storage_key: str = ""
    """Id of the key that wraps new files."""
    hash_key: SecretStr = SecretStr("")
    """Base64 of 32 bytes: keyed hashes of phones and request keys."""
    seals_folder: Path | None = None
    """Where the latest seal of each clinic's audit is copied: better another disk. None: beside the files."""
    trust_folder: Path = Path("data/trust")
    """PEM certificates of the authorities whose signatures are accepted."""

    api_host: str = "127.0.0.1"
    """Where ``carepath api`` listens."""
    api_port: int = 8000
    """Where ``carepath api`` listens."""
    trusted_proxies: list[str] = Field(default_factory=list)
    """Addresses or networks of the reverse proxies before the API: only their ``X-Forwarded-For`` is believed."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people and webhooks reach the API."""
    issuers: list[Issuer] = Field(default_factory=list)
    """OpenID issuers whose tokens count: ``issuer``, ``jwks_url``, ``audience``, ``staff`` (false: of patients)."""
    own_issuer: bool = False
    """Serve the small embedded issuer under ``/auth``."""
    own_issuer_key: Path = Path("data/issuer.pem")
    """Its key; made at the first start."""

    video: Partner = Partner(url="http://127.0.0.1:9001")
    """The provider of video rooms."""
    payments: Partner = Partner(url="http://127.0.0.1:9002")
    """The bank."""
    identity: Partner = Partner(url="http://127.0.0.1:9003")
    """The identity provider (ЕСИА)."""
    registry: Partner = Partner(url="http://127.0.0.1:9004")
    """РЭМД."""
    mis: Partner = Partner(url="http://127.0.0.1:9005")
    """The clinic's MIS."""
    sms: Partner = Partner(url="http://127.0.0.1:9006")
    """The SMS gateway."""
    labs: dict[str, Partner] = Field(default_factory=dict)
    """Laboratories by partner code."""

    continue_always: bool = False
    """Continue as new at every quiet moment: a test setting."""
    log_level: str = "info"
    """``debug``, ``info``, ``warning``, ``error``."""
    log_json: bool = True
    """JSON for machines; otherwise lines for people."""
