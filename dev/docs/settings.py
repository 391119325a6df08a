"""The table of settings, from `runtime/settings.py`."""

import ast
import inspect
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from dev.docs.markdown import prose
from dev.docs.markdown import table as markdown_table
from runtime import settings as module
from runtime.settings import Settings

MORE = {
    "temporal_address": "Temporal's frontend, host and port.",
    "temporal_namespace": "A namespace of its own, or one shared with nobody else's Carepath.",
    "temporal_ui_url": "Where people open Temporal UI: the only origin that may ask for decoding.",
    "database_system_url": "Role `carepath_system`: inbox, sealer, reconciler; no clinical column.",
    "database_pool": "Connections each process keeps.",
    "redis_url": "Lines, claims, wake-ups. Nothing in it is worth keeping.",
    "storage_folder": "Files, each encrypted by its own key; shared by api and workers.",
    "storage_key": "Id of the key that wraps new files.",
    "api_host": "Where `carepath api` listens.",
    "api_port": "Where `carepath api` listens.",
    "public_url": "Where people and webhooks reach the API.",
    "issuers": "OpenID issuers whose tokens are accepted: `issuer`, `jwks_url`, `audience`.",
    "own_issuer_key": "Its key; made at the first start.",
    "video": "The provider of video rooms.",
    "payments": "The bank.",
    "identity": "The identity provider (ЕСИА).",
    "registry": "РЭМД.",
    "mis": "The clinic's MIS.",
    "sms": "The SMS gateway.",
    "log_level": "`debug`, `info`, `warning`, `error`.",
    "log_json": "JSON for machines; otherwise lines for people.",
}
"""What the settings themselves do not say."""
PREFIX = Settings.model_config["env_prefix"]


def table() -> str:
    """Each variable: default and meaning."""
    told = docstrings()
    lines = [
        (f"`{PREFIX}{name.upper()}`", shown(field.get_default(call_default_factory=True)), told.get(name) or MORE[name])
        for name, field in Settings.model_fields.items()
    ]
    return markdown_table(("variable", "default", "what it is"), lines)


def docstrings() -> dict[str, str]:
    """What stands under each field."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef) and node.name == Settings.__name__
    )
    found = {}
    for pair in pairwise(body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = prose(text)
    return found


def shown(default: Any) -> str:
    """A default as a person reads it; an empty secret is no default."""
    if isinstance(default, BaseModel):
        default = getattr(default, "url", None)
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default in (None, "", {}, []):
        return "-"
    return f"`{default if isinstance(default, str | Path) else json.dumps(default)}`"
