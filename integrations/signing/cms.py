"""Detached CMS signatures (CAdES-BES) with RSA and ECDSA keys, checked in process."""

import hmac
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from integrations.signing.container import DIGESTS, Container, open_container
from integrations.signing.trust import TrustFolder
from ports import Refused
from ports.signing import SignatureChecked

Level = Literal["simple", "unqualified", "qualified"]

POLICIES: dict[str, Level] = {f"1.2.643.100.113.{n}": "qualified" for n in range(1, 7)}
"""Certificate policies of the signer's means, classes КС1 to КА1, that only qualified certificates carry."""
OTHERWISE: Level = "unqualified"
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
LEAST_RSA = 2048


class CmsSigning:
    """Port `Signing` over a folder of trusted authorities."""

    def __init__(self, trust_folder: Path) -> None:
        self._folder = TrustFolder(trust_folder)

    def check(self, document: bytes, signature: bytes, at: datetime) -> SignatureChecked:
        """Check a detached signature over exact bytes, as of a moment.

        Raises:
            Refused: ``malformed``, ``wrong_bytes``, ``untrusted``, ``expired`` or ``revoked``.
        """
        container = open_container(signature)
        if not hmac.compare_digest(DIGESTS[container.digest_name](document).digest(), container.digest):
            raise Refused("wrong_bytes")
        _verify(container)
        own = container.own
        self._folder.read().check(own, container.sent, at)
        if not _may_sign(own):
            raise Refused("untrusted")
        return SignatureChecked(
            level=_level(own),
            person=_person(own),
            certificate=sha256(own.public_bytes(Encoding.DER)).hexdigest(),
            valid_until=own.not_valid_after_utc,
            signed_at=container.signed_at,
        )


def _verify(container: Container) -> None:
    digest = HASHES[container.digest_name]
    try:
        key = container.own.public_key()
        if isinstance(key, rsa.RSAPublicKey) and container.algorithm != "ecdsa" and key.key_size >= LEAST_RSA:
            pad = (
                padding.PSS(padding.MGF1(digest), container.salt)
                if container.algorithm == "rsassa_pss"
                else padding.PKCS1v15()
            )
            key.verify(container.signature, container.signed, pad, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and container.algorithm == "ecdsa":
            key.verify(container.signature, container.signed, ec.ECDSA(digest))
        else:
            raise Refused("untrusted")
    except (InvalidSignature, ValueError):
        raise Refused("malformed") from None
    except UnsupportedAlgorithm:
        raise Refused("untrusted") from None


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.digital_signature or usage.content_commitment


def _level(certificate: x509.Certificate) -> Level:
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except (x509.ExtensionNotFound, ValueError):
        return OTHERWISE
    said = [POLICIES.get(policy.policy_identifier.dotted_string) for policy in policies]
    return next((level for level in said if level is not None), OTHERWISE)


def _person(certificate: x509.Certificate) -> str:
    numbers = certificate.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
    if len(numbers) != 1:
        raise Refused("untrusted")
    return str(numbers[0].value)
