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

PREFIX = Settings.model_config["env_prefix"]


def table() -> str:
    """Each variable: default and meaning."""
    told = docstrings()
    lines = [
        (f"`{PREFIX}{name.upper()}`", shown(field.get_default(call_default_factory=True)), told[name])
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
