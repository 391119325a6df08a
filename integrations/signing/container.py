"""A detached CMS container taken apart. The one module that knows asn1crypto.

Stricter than ``openssl cms -verify``, as the registry is: one signer, nothing attached, nothing behind, the signer's
certificate inside and named by the signed attribute signingCertificateV2.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp  # noqa: F401  tsp registers signingCertificateV2
from cryptography import x509

from ports import Refused

DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True)
class Container:
    """What a signature says, nothing of it checked but its form and its own certificate's name."""

    digest: bytes
    digest_name: str
    algorithm: str
    """``rsassa_pkcs1v15``, ``rsassa_pss`` or ``ecdsa``."""
    salt: int
    signed: bytes
    """The bytes the signature is over: the signed attributes as a SET."""
    signature: bytes
    own: x509.Certificate
    sent: tuple[x509.Certificate, ...]
    signed_at: datetime | None


def open_container(raw: bytes) -> Container:
    """Take a container apart.

    Raises:
        Refused: ``malformed``.
    """
    try:
        return _open(raw)
    except (ValueError, TypeError, LookupError, NotImplementedError, AttributeError, x509.InvalidVersion):
        # What asn1crypto and cryptography raise, lazily, on bytes that are not what they say.
        raise Refused("malformed") from None


def _open(raw: bytes) -> Container:
    info = cms.ContentInfo.load(raw, strict=True)
    if info["content_type"].native != "signed_data":
        raise Refused("malformed")
    data = info["content"]
    inside = data["encap_content_info"]
    if inside["content_type"].native != "data" or inside["content"].native is not None:
        raise Refused("malformed")
    if len(data["signer_infos"]) != 1:
        raise Refused("malformed")
    signer = data["signer_infos"][0]
    attributes = _attributes(signer["signed_attrs"])
    digest_name = signer["digest_algorithm"]["algorithm"].native
    if digest_name not in DIGESTS or attributes["content_type"].native != "data":
        raise Refused("malformed")
    sent = [choice.chosen for choice in data["certificates"] if choice.name == "certificate"]
    own = _own(signer["sid"], attributes["signing_certificate_v2"], sent)
    algorithm, salt = _algorithm(signer["signature_algorithm"], digest_name)
    when = attributes.get("signing_time")
    return Container(
        digest=attributes["message_digest"].native,
        digest_name=digest_name,
        algorithm=algorithm,
        salt=salt,
        # Inside the container the attributes carry the tag [0]; signed they are a plain SET.
        signed=b"\x31" + signer["signed_attrs"].dump()[1:],
        signature=signer["signature"].native,
        own=x509.load_der_x509_certificate(own.dump()),
        sent=tuple(x509.load_der_x509_certificate(c.dump()) for c in sent),
        signed_at=None if when is None else when.native,
    )


def _attributes(given: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in given:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise Refused("malformed")
        found[name] = attribute["values"][0]
    return found


def _own(sid: Any, named: Any, sent: list[Any]) -> Any:
    """The signer's certificate: the one that both the identifier and the signed attribute mean."""
    first = named["certs"][0]
    hasher = DIGESTS[first["hash_algorithm"]["algorithm"].native]
    for certificate in sent:
        if sid.name == "issuer_and_serial_number":
            wanted = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
            fits = wanted == (certificate.issuer.dump(), certificate.serial_number)
        else:
            fits = sid.chosen.native == certificate.key_identifier
        if fits and hasher(certificate.dump()).digest() == first["cert_hash"].native:
            return certificate
    raise Refused("malformed")


def _algorithm(given: Any, digest_name: str) -> tuple[str, int]:
    kind = given.signature_algo
    if kind == "rsassa_pss":
        if given.hash_algo != digest_name:
            raise Refused("malformed")
        return kind, int(given["parameters"]["salt_length"].native)
    if kind not in ("rsassa_pkcs1v15", "ecdsa"):
        raise Refused("malformed")
    # The bare key algorithm (rsaEncryption) names no digest; the signer's own is meant.
    if given["algorithm"].native not in ("rsassa_pkcs1v15",) and given.hash_algo != digest_name:
        raise Refused("malformed")
    return kind, 0
