"""The server's certificate: issued for the names and addresses this machine has, renewed when they change or time runs out."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bulou.platform.tls.authority import SLACK, Authority, authority_at, write_certificates, write_key

VALID = timedelta(days=397)  # the most browsers accept
RENEW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The files a server reads, until when they are good, and whether this call issued them."""

    certificate: Path
    key: Path
    until: datetime
    is_new: bool


def ensure_server_certificate(folder: Path, names: Iterable[str], *, now: datetime) -> ServerCertificate:
    """A certificate in `folder` good for all `names` (host names and addresses) for at least thirty days; refuses without an authority."""
    wanted = sorted(set(names))
    files = folder / "server.crt", folder / "server.key"
    authority = authority_at(folder)
    held = _held(*files)
    if held is not None and _serves(held, authority, wanted, now):
        return ServerCertificate(*files, held.not_valid_after_utc, is_new=False)
    key = ec.generate_private_key(ec.SECP256R1())
    issued = _issue(authority, key, wanted, now)
    write_key(files[1], key)
    write_certificates(files[0], [issued, authority.certificate])
    return ServerCertificate(*files, issued.not_valid_after_utc, is_new=True)


def addresses_of_this_machine() -> list[str]:
    """The names and addresses this machine is reached by: its host name, and the addresses of its interfaces that are up."""
    names = {"localhost", socket.gethostname()}
    up = {name for name, seen in psutil.net_if_stats().items() if seen.isup}
    for interface, entries in psutil.net_if_addrs().items():
        for entry in entries if interface in up else ():
            if entry.family in (socket.AF_INET, socket.AF_INET6):
                names.add(entry.address.partition("%")[0])
    return sorted(name for name in names if name and not _is_link_local(name))


def _held(certificate: Path, key: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()) if key.exists() else None
    except (OSError, ValueError):
        return None


def _serves(held: x509.Certificate, authority: Authority, wanted: list[str], now: datetime) -> bool:
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = set(names.get_values_for_type(x509.DNSName)) | {
        str(one) for one in names.get_values_for_type(x509.IPAddress)
    }
    ours = held.issuer == authority.certificate.subject and _is_signed_by(held, authority)
    return ours and set(wanted) <= known and held.not_valid_before_utc <= now and now + RENEW < held.not_valid_after_utc


def _is_signed_by(held: x509.Certificate, authority: Authority) -> bool:
    try:
        held.verify_directly_issued_by(authority.certificate)
    except Exception:  # cryptography raises several kinds for "no"
        return False
    return True


def _issue(authority: Authority, key: ec.EllipticCurvePrivateKey, names: list[str], now: datetime) -> x509.Certificate:
    until = min(now + VALID, authority.certificate.not_valid_after_utc)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bulou server")]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_link_local(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_link_local
    except ValueError:
        return False
