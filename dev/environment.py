"""Settings as the ``CAREPATH_*`` variables that yield them again in a child process."""

import json
import os
import shlex
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from runtime.settings import Settings

PREFIX = "CAREPATH_"


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return str(value)
    return value


def as_environment(settings: Settings) -> dict[str, str]:
    """Every setting as a variable, secrets in clear: for children and 0600 files only."""
    found = {}
    for name in type(settings).model_fields:
        value = _plain(getattr(settings, name))
        if value is not None:
            found[PREFIX + name.upper()] = value if isinstance(value, str) else json.dumps(value)
    return found


def write(file: Path, variables: dict[str, str]) -> None:
    """Keep variables in a file for its owner alone, a line each: ``set -a; . FILE`` reads it too."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as lines:
        lines.writelines(f"{name}={shlex.quote(value)}\n" for name, value in sorted(variables.items()))


def read(file: Path) -> dict[str, str]:
    """Variables kept by ``write``."""
    pairs = (shlex.split(line)[0].split("=", 1) for line in file.read_text().splitlines())
    return dict(pairs)
