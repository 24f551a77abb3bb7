"""The county's certificate authority: ten years, P-256, path length 0."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext_lazy as _

from bulou.platform.refusals import Refusal

VALID = timedelta(days=3650)
SLACK = timedelta(days=1)  # devices whose clock is behind


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as devices show it: pairs of capitals between colons."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def make_authority(folder: Path, *, county: str, now: datetime) -> Authority:
    """Make the authority of a new house in `folder`; one that is there is kept and given back."""
    if certificate_file(folder).exists():
        return authority_at(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Bulou {county}"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bulou"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_key(key_file(folder), key)
    write_certificates(certificate_file(folder), [certificate])
    return Authority(certificate, key)


def authority_at(folder: Path) -> Authority:
    """The authority kept in `folder`; refuses when there is none or it cannot be read."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file(folder).read_bytes())
        key = serialization.load_pem_private_key(key_file(folder).read_bytes(), password=None)
    except (OSError, ValueError):
        raise Refusal(
            "tls.no_authority",
            _(
                "There is no certificate authority in %(folder)s. “bulou init” makes one; or give a certificate with --cert and --key."
            ),
            folder=folder,
        ) from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(certificate, key)


def certificate_file(folder: Path) -> Path:
    """Where the authority's certificate lies: the file that devices install."""
    return folder / "authority.crt"


def key_file(folder: Path) -> Path:
    """Where the authority's key lies."""
    return folder / "authority.key"


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a key as PKCS#8, readable by this account only; whole or not at all."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_whole(path, text, 0o600)


def write_certificates(path: Path, chain: list[x509.Certificate]) -> None:
    """Write certificates one after the other, the server's first."""
    _write_whole(path, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain), 0o644)


def _write_whole(path: Path, text: bytes, mode: int) -> None:
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
