"""Where a wheel's files lie. Found, not imported: some wheels make folders or warn when imported."""

import importlib.util
from pathlib import Path

from dev.process import StackError


def folder_of(package: str) -> Path:
    """The folder of an installed package.

    Raises:
        StackError: It is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StackError(f"The package {package} is not installed: run `make setup`.")
    return Path(spec.origin).parent
