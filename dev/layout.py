"""Where every service of a stack listens, and the settings and secrets that follow from it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from dev.keys import Secrets
from dev.ports import LOOPBACK, Ports
from dev.temporal import NAMESPACE
from runtime.settings import Issuer, Partner, Settings

STANDS = ("video", "payments", "identity", "registry", "mis", "sms")
"""Modules of ``dev.stands`` that stand for one system each."""
LABS = ("north", "south")
"""Partner codes of the demo clinic's laboratories: two stands of one module."""
CODEC_PATH = "/codec"


@dataclass(frozen=True)
class StandAt:
    """One stand: the module that runs it, where, and what its webhooks are signed with."""

    module: str
    port: int
    token: str
    secret: str
    webhook: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def partner(self) -> Partner:
        """The same as our side is configured."""
        return Partner(url=self.url, token=SecretStr(self.token), webhook_secret=SecretStr(self.secret))


class Layout:
    """The addresses and secrets of one data folder."""

    def __init__(self, folder: Path, ports: Ports, secrets: Secrets, changes: dict[str, object]) -> None:
        self._folder = folder
        self._secrets = secrets
        self._changes = changes
        self.postgres_port = ports.of("postgres")
        self.redis_port = ports.of("redis")
        self.temporal_port = ports.of("temporal", 7233)
        self.temporal_ui_port = ports.of("temporal-ui", 8233)
        self.api_port = ports.of("api", 8000)
        modules = {name: (name, name) for name in STANDS} | {code: ("labs", f"labs/{code}") for code in LABS}
        self.stands = {
            name: StandAt(
                module=module,
                port=ports.of(f"stand-{name}"),
                token=secrets.word(f"{name.upper()}_TOKEN"),
                secret=secrets.word(f"{name.upper()}_WEBHOOK_SECRET"),
                webhook=webhook,
            )
            for name, (module, webhook) in modules.items()
        }
        self.superuser_password = secrets.word("POSTGRES_PASSWORD")
        self.api_url = f"http://{LOOPBACK}:{self.api_port}"
        self.codec_url = f"{self.api_url}{CODEC_PATH}"

    @property
    def superuser_url(self) -> str:
        """PostgreSQL as its superuser."""
        return f"postgresql://postgres:{self.superuser_password}@{LOOPBACK}:{self.postgres_port}/postgres"

    def _database(self, role: str) -> str:
        password = self._secrets.word(f"{role.upper()}_PASSWORD")
        return f"postgresql+psycopg://{role}:{password}@{LOOPBACK}:{self.postgres_port}/carepath"

    @cached_property
    def settings(self) -> Settings:
        """The settings of every process of this stack."""
        values: dict[str, object] = {
            "environment": "trial",
            "temporal_address": f"{LOOPBACK}:{self.temporal_port}",
            "temporal_namespace": NAMESPACE,
            "temporal_ui_url": f"http://{LOOPBACK}:{self.temporal_ui_port}",
            "codec_keys": {"k1": self._secrets.key("CODEC_KEY")},
            "codec_key": "k1",
            "database_url": self._database("carepath_app"),
            "database_system_url": self._database("carepath_system"),
            "database_owner_url": self._database("carepath_owner"),
            "redis_url": f"redis://{LOOPBACK}:{self.redis_port}/0",
            "storage_folder": self._folder / "files",
            "storage_keys": {"k1": self._secrets.key("STORAGE_KEY")},
            "storage_key": "k1",
            "hash_key": self._secrets.key("HASH_KEY"),
            "seals_folder": self._folder / "seals",
            "trust_folder": self._folder / "trust",
            "api_host": LOOPBACK,
            "api_port": self.api_port,
            "public_url": self.api_url,
            "issuers": [Issuer(issuer=f"{self.api_url}/auth", jwks_url=f"{self.api_url}/auth/jwks")],
            "own_issuer": True,
            "own_issuer_key": self._folder / "issuer.pem",
            "labs": {code: self.stands[code].partner for code in LABS},
            **{name: self.stands[name].partner for name in STANDS},
        }
        return Settings.model_validate(values | self._changes)
