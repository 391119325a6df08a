"""Detached signatures: the right one is accepted, each wrong one refused for its own reason."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from dev import pki
from integrations.signing.cms import CmsSigning
from ports import Refused

NOW = datetime.now(UTC)
DOCUMENT = "%PDF-1.7 протокол\r\n\0".encode()
DOCTOR = "p-doctor"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("pki")
    pki.make_ca(found)
    pki.issue(found, DOCTOR, "Петров Пётр")
    return found


@pytest.fixture
def signing(folder: Path) -> CmsSigning:
    return CmsSigning(folder / "trust")


def refusal(signing: CmsSigning, document: bytes, signature: bytes, at: datetime = NOW) -> str:
    with pytest.raises(Refused) as refused:
        signing.check(document, signature, at)
    return refused.value.code


def test_the_right_signature_over_the_right_bytes_names_its_person(folder: Path, signing: CmsSigning) -> None:
    checked = signing.check(DOCUMENT, pki.sign(folder, DOCTOR, DOCUMENT, NOW), NOW)
    assert (checked.person, checked.level) == (DOCTOR, "qualified")
    assert checked.signed_at == NOW.replace(microsecond=0)
    assert len(checked.certificate) == 64
    assert checked.valid_until > NOW + timedelta(days=3000)


def test_a_certificate_without_the_policy_is_unqualified(folder: Path, signing: CmsSigning) -> None:
    pki.issue(folder, "p-nurse", "Сестра", "unqualified")
    assert signing.check(DOCUMENT, pki.sign(folder, "p-nurse", DOCUMENT), NOW).level == "unqualified"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the second opinion is openssl's")
def test_openssl_agrees_about_our_device(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(DOCUMENT)
    (tmp_path / "s").write_bytes(pki.sign(folder, DOCTOR, DOCUMENT))
    words = ["openssl", "cms", "-verify", "-cades", "-binary", "-purpose", "any", "-inform", "DER"]
    words += ["-in", "s", "-content", "d", "-out", "o"]
    said = subprocess.run([*words, "-CAfile", folder / "trust/ca.pem"], cwd=tmp_path, capture_output=True, text=True)
    assert "CAdES Verification successful" in said.stderr


def test_one_changed_byte_of_the_document_is_wrong_bytes(folder: Path, signing: CmsSigning) -> None:
    assert refusal(signing, DOCUMENT + b" ", pki.sign(folder, DOCTOR, DOCUMENT)) == "wrong_bytes"


def test_a_stranger_with_an_authority_of_his_own_is_untrusted(signing: CmsSigning, tmp_path: Path) -> None:
    pki.make_ca(tmp_path)
    pki.issue(tmp_path, DOCTOR, "Петров Пётр")
    assert refusal(signing, DOCUMENT, pki.sign(tmp_path, DOCTOR, DOCUMENT)) == "untrusted"


def test_a_certificate_not_meant_for_signing_is_untrusted(folder: Path, signing: CmsSigning) -> None:
    pki.issue(folder, "p-mute", "Немой", may_sign=False)
    assert refusal(signing, DOCUMENT, pki.sign(folder, "p-mute", DOCUMENT)) == "untrusted"


@pytest.mark.parametrize("days", [-400, 31])
def test_outside_its_time_a_certificate_is_expired(folder: Path, signing: CmsSigning, days: int) -> None:
    pki.issue(folder, "p-month", "На месяц", until=NOW + timedelta(days=30))
    signature = pki.sign(folder, "p-month", DOCUMENT)
    signing.check(DOCUMENT, signature, NOW + timedelta(days=29))
    assert refusal(signing, DOCUMENT, signature, NOW + timedelta(days=days)) == "expired"


def test_a_revoked_certificate_is_refused_from_that_moment_on(folder: Path, signing: CmsSigning) -> None:
    pki.issue(folder, "p-gone", "Ушедший")
    signature = pki.sign(folder, "p-gone", DOCUMENT)
    signing.check(DOCUMENT, signature, NOW)
    pki.revoke(folder, "p-gone", NOW - timedelta(days=2))
    assert refusal(signing, DOCUMENT, signature) == "revoked"
    assert signing.check(DOCUMENT, signature, NOW - timedelta(days=3)).person == "p-gone"


def change(signature: bytes, **changes: Any) -> bytes:
    info = cms.ContentInfo.load(signature)
    for name, value in changes.items():
        info["content"][name] = value
    return bytes(info.dump(force=True))


def named_none(signature: bytes) -> bytes:
    info = cms.ContentInfo.load(signature)
    attributes = info["content"]["signer_infos"][0]["signed_attrs"]
    (named,) = [one for one in attributes if one["type"].native == "signing_certificate_v2"]
    named["values"][0]["certs"] = []
    return bytes(info.dump(force=True))


def test_what_is_no_single_detached_signature_is_malformed(folder: Path, signing: CmsSigning) -> None:
    pki.issue(folder, "p-other", "Другой")
    good = pki.sign(folder, DOCTOR, DOCUMENT)
    other = cms.ContentInfo.load(pki.sign(folder, "p-other", DOCUMENT))["content"]
    signers = cms.ContentInfo.load(good)["content"]["signer_infos"]
    wrong = {
        "nothing": b"",
        "text": b"-----BEGIN PKCS7-----",
        "bytes behind it": good + b"\0",
        "cut": good[:-1],
        "content inside": change(good, encap_content_info={"content_type": "data", "content": DOCUMENT}),
        "none named": named_none(good),
        "no certificate": change(good, certificates=[]),
        "another's certificate": change(good, certificates=other["certificates"]),
        "two signers": change(good, signer_infos=[signers[0], other["signer_infos"][0]]),
    }
    for what, signature in wrong.items():
        assert refusal(signing, DOCUMENT, signature) == "malformed", what


def test_no_changed_bit_passes_with_another_meaning(folder: Path, signing: CmsSigning) -> None:
    good = pki.sign(folder, DOCTOR, DOCUMENT)
    right = signing.check(DOCUMENT, good, NOW)
    for place in range(len(good)):
        changed = bytearray(good)
        changed[place] ^= 1 << (place % 8)
        try:
            passed = signing.check(DOCUMENT, bytes(changed), NOW)
        except Refused:
            continue
        assert passed == right


def test_an_rsa_device_of_another_make_must_name_its_certificate(folder: Path, signing: CmsSigning) -> None:
    """What `cryptography` signs is plain CMS, not CAdES: it lacks signingCertificateV2."""
    key = rsa.generate_private_key(65537, 2048)
    authority = serialization.load_pem_private_key((folder / "keys/_authority.key").read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((folder / "trust/ca.pem").read_bytes())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, DOCTOR)])
    certificate = (
        x509.CertificateBuilder(issuer.subject, subject, key.public_key(), 7, NOW - timedelta(1), NOW + timedelta(1))
        .sign(authority, hashes.SHA256())  # type: ignore[arg-type]
    )  # fmt: skip
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(DOCUMENT)
        .add_signer(certificate, key, hashes.SHA256())
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    assert refusal(signing, DOCUMENT, signature) == "malformed"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the other device is openssl's")
@pytest.mark.parametrize("padding", ["pkcs1", "pss"])
def test_an_rsa_device_of_another_make_is_accepted(
    folder: Path, signing: CmsSigning, tmp_path: Path, padding: str
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    authority = serialization.load_pem_private_key((folder / "keys/_authority.key").read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((folder / "trust/ca.pem").read_bytes())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, DOCTOR)])
    usage = x509.load_pem_x509_certificate((folder / f"keys/{DOCTOR}.pem").read_bytes()).extensions
    certificate = (
        x509.CertificateBuilder(issuer.subject, subject, key.public_key(), 8, NOW - timedelta(1), NOW + timedelta(1))
        .add_extension(usage.get_extension_for_class(x509.KeyUsage).value, critical=True)
        .sign(authority, hashes.SHA256())  # type: ignore[arg-type]
    )  # fmt: skip
    (tmp_path / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "d").write_bytes(DOCUMENT)
    words = ["openssl", "cms", "-sign", "-binary", "-cades", "-nosmimecap", "-md", "sha384", "-in", "d"]
    words += ["-signer", "c.pem", "-inkey", "k.pem", "-outform", "DER", "-out", "s"]
    words += ["-keyopt", "rsa_padding_mode:pss"] if padding == "pss" else []
    subprocess.run(words, cwd=tmp_path, check=True)
    checked = signing.check(DOCUMENT, (tmp_path / "s").read_bytes(), NOW)
    assert (checked.person, checked.level) == (DOCTOR, "unqualified")
