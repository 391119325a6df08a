"""A small authority for trials: it issues certificates to doctors and signs as their devices would.

Folder: ``trust/`` is what ``CAREPATH_TRUST_FOLDER`` points to (certificate and revocation list), ``keys/`` holds
every private key, the authority's and the people's, readable by the owner alone. The product never sees ``keys/``.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

QUALIFIED = "1.2.643.100.113.1"
"""Policy of a signer's means of class КС1, which only qualified certificates carry."""
PERSON = re.compile(r"^[A-Za-z0-9-]{1,64}$")
CA = "_authority"
"""Not a person's id."""
YEARS = timedelta(days=3653)
BEFORE = timedelta(days=366)
"""Certificates stand since before today: a trial's clock may be set back."""


def make_ca(folder: Path) -> Path:
    """Make the authority once; the folder to trust."""
    trust = folder / "trust"
    if not (folder / "keys" / f"{CA}.key").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Carepath trial authority")])
        certificate = (
            _builder(name, name, key.public_key(), YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        trust.mkdir(parents=True, exist_ok=True)
        (trust / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _keep_key(folder, CA, key)
    return trust


def issue(
    folder: Path,
    person: str,
    name: str,
    level: Literal["unqualified", "qualified"] = "qualified",
    *,
    until: datetime | None = None,
    may_sign: bool = True,
) -> x509.Certificate:
    """Issue a certificate to a person (``person`` is our id) and keep it with its key; the newest one signs."""
    if not PERSON.match(person):
        raise ValueError("not a person's id")
    authority, ca_key = _certificate(folder / "trust" / "ca.pem"), _key(folder, CA)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.SERIAL_NUMBER, person)]
    )
    span = YEARS if until is None else until - datetime.now(UTC)
    builder = (
        _builder(subject, authority.subject, key.public_key(), span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False, may_sign=may_sign), critical=True)
    )
    if level == "qualified":
        policy = x509.PolicyInformation(x509.ObjectIdentifier(QUALIFIED), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    certificate = builder.sign(ca_key, hashes.SHA256())
    _keep_key(folder, person, key)
    (folder / "keys" / f"{person}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def revoke(folder: Path, person: str, at: datetime) -> None:
    """Put a person's certificate on the revocation list."""
    path = folder / "trust" / "ca.crl"
    known = list(x509.load_pem_x509_crl(path.read_bytes())) if path.exists() else []
    serial = _certificate(folder / "keys" / f"{person}.pem").serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=_certificate(folder / "trust" / "ca.pem").subject,
        last_update=now,
        next_update=now + YEARS,
        revoked_certificates=[*known, entry],
    )
    list_ = builder.sign(_key(folder, CA), hashes.SHA256())
    path.write_bytes(list_.public_bytes(serialization.Encoding.PEM))


def sign(folder: Path, person: str, data: bytes, at: datetime | None = None) -> bytes:
    """A detached CMS signature (CAdES-BES, DER) of a person over exact bytes."""
    own = _certificate(folder / "keys" / f"{person}.pem")
    der = own.public_bytes(serialization.Encoding.DER)
    certificate = asn1_x509.Certificate.load(der)
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(der).digest()}]})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(at or datetime.now(UTC))})),
            _attribute("message_digest", sha256(data).digest()),
            _attribute("signing_certificate_v2", named),
        ]
    )
    signature = _key(folder, person).sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
            ),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signature,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _attribute(name: str, value: object) -> object:
    return cms.CMSAttribute({"type": name, "values": [value]})


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, span: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + span)
    )


def _usage(*, authority: bool, may_sign: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority and may_sign,
        content_commitment=not authority and may_sign,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _keep_key(folder: Path, name: str, key: ec.EllipticCurvePrivateKey) -> None:
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = keys / f"{name}.key"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def _key(folder: Path, name: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key((folder / "keys" / f"{name}.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of ours")
    return key


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())
