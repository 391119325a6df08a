"""The authorities a clinic trusts: certificates and revocation lists in a folder, and chains up to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from ports import Refused

LONGEST = 5
"""Certificates of a chain, the person's own included."""


@dataclass(frozen=True)
class Trust:
    """What was in the folder at one look at it."""

    anchors: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...]

    def check(self, own: x509.Certificate, sent: Sequence[x509.Certificate], at: datetime) -> None:
        """Check that a certificate leads to an anchor and stood at a moment.

        Raises:
            Refused: ``untrusted``, ``expired`` or ``revoked``.
        """
        chain = self._chain(own, sent)
        for certificate in chain:
            if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
                raise Refused("expired")
        for certificate, issuer in pairwise(chain):
            self._revoked(certificate, issuer, at)

    def _chain(self, own: x509.Certificate, sent: Sequence[x509.Certificate]) -> list[x509.Certificate]:
        """From a person's certificate to an anchor; what the signature brought along may only stand between."""
        chain = [own]
        while len(chain) < LONGEST:
            issuer = _issuer(chain[-1], self.anchors, len(chain) - 1)
            if issuer is not None:
                return [*chain, issuer]
            issuer = _issuer(chain[-1], [c for c in sent if c not in chain], len(chain) - 1)
            if issuer is None:
                break
            chain.append(issuer)
        raise Refused("untrusted")

    def _revoked(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> None:
        for list_ in self.lists:
            if list_.issuer != issuer.subject:
                continue
            entry = list_.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc <= at and _signed_by(list_, issuer):
                raise Refused("revoked")


def _issuer(certificate: x509.Certificate, among: Iterable[x509.Certificate], below: int) -> x509.Certificate | None:
    for candidate in among:
        if candidate.subject != certificate.issuer or not _may_issue(candidate, below):
            continue
        try:
            certificate.verify_directly_issued_by(candidate)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            continue
        return candidate
    return None


def _may_issue(candidate: x509.Certificate, below: int) -> bool:
    """Whether a certificate is of an authority and may have ``below`` authorities under it."""
    try:
        basic = candidate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = candidate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return basic.ca and usage.key_cert_sign and (basic.path_length is None or basic.path_length >= below)


def _signed_by(list_: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return list_.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False


class TrustFolder:
    """``*.pem``, ``*.crt`` are anchors, ``*.crl`` revocation lists (PEM). Read again when a file changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: frozenset[tuple[str, int, int]] | None = None
        self._trust = Trust((), ())

    def read(self) -> Trust:
        """The folder as it is now."""
        files = [f for f in sorted(self._folder.glob("*")) if f.suffix in (".pem", ".crt", ".crl")]
        seen = frozenset((f.name, (s := f.stat()).st_mtime_ns, s.st_size) for f in files)
        if seen != self._seen:
            anchors = [c for f in files if f.suffix != ".crl" for c in x509.load_pem_x509_certificates(f.read_bytes())]
            lists = [x509.load_pem_x509_crl(f.read_bytes()) for f in files if f.suffix == ".crl"]
            self._trust, self._seen = Trust(tuple(anchors), tuple(lists)), seen
        return self._trust
