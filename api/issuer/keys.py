"""The issuer's signing key: made at first start, kept in one file only its owner reads."""

import os
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"


def load(path: Path) -> ECKey:
    """The signing key; made on first use. Two processes that start at once end up with the same one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = ECKey.generate_key("P-256")
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh.as_pem(private=True))
        try:
            os.link(draft, path)  # fails where another process was first: its key is the one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = ECKey.import_key(path.read_bytes())
    key.ensure_kid()
    return key


def public(key: ECKey) -> dict[str, Any]:
    """The JWKS document: public parts only."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}]}


def verifying(key: ECKey) -> KeySet:
    """The same for this process's own verifier."""
    return KeySet.import_key_set(public(key))  # type: ignore[arg-type]
