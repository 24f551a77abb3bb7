"""The county's authority and the certificate it issues: trusted by a real TLS client, renewed in time, refused in one sentence."""

from __future__ import annotations

import ssl
import threading
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_connection, create_server

import pytest
from cryptography import x509

from bulou.platform import clock, tls
from bulou.platform.refusals import Refusal
from bulou.platform.tls.authority import certificate_file, key_file


@pytest.fixture
def now() -> datetime:
    """TLS clients judge by the machine's clock, so these tests do too."""
    return clock.real_now()


@pytest.fixture
def folder(tmp_path: Path, now: datetime) -> Path:
    tls.make_authority(tmp_path / "tls", county="370921", now=now)
    return tmp_path / "tls"


def shake_hands(issued: tls.ServerCertificate, authority: Path, name: str) -> str:
    """The TLS version a client that trusts only `authority` agrees on with a server that has the certificate."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(issued.certificate, issued.key)
    trusting = ssl.create_default_context(cafile=str(authority))
    with create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held = server.accept()[0]
            try:
                serving.wrap_socket(held, server_side=True).close()
            except (ssl.SSLError, OSError):
                held.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with (
                create_connection(server.getsockname()) as plain,
                trusting.wrap_socket(plain, server_hostname=name) as safe,
            ):
                return str(safe.version())
        finally:
            thread.join()


@pytest.mark.parametrize("name", ["bulou.example", "10.20.30.40", "localhost"])
def test_a_device_that_trusts_the_authority_trusts_the_server_by_name_and_by_address(
    folder: Path, now: datetime, name: str
) -> None:
    issued = tls.ensure_server_certificate(folder, ["bulou.example", "10.20.30.40", "localhost"], now=now)
    assert shake_hands(issued, certificate_file(folder), name).startswith("TLS")


def test_another_name_and_another_county_are_not_trusted(folder: Path, now: datetime, tmp_path: Path) -> None:
    issued = tls.ensure_server_certificate(folder, ["localhost"], now=now)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(issued, certificate_file(folder), "elsewhere.example")
    tls.make_authority(tmp_path / "other", county="370922", now=now)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(issued, certificate_file(tmp_path / "other"), "localhost")


def test_a_certificate_is_kept_while_it_serves_and_renewed_when_it_does_not(folder: Path, now: datetime) -> None:
    first = tls.ensure_server_certificate(folder, ["localhost"], now=now)
    assert first.is_new
    assert not tls.ensure_server_certificate(folder, ["localhost"], now=now + timedelta(days=300)).is_new
    assert tls.ensure_server_certificate(folder, ["localhost"], now=now + timedelta(days=370)).is_new
    assert tls.ensure_server_certificate(folder, ["localhost", "10.0.0.9"], now=now + timedelta(days=370)).is_new
    (folder / "server.crt").write_text("damaged")
    assert tls.ensure_server_certificate(folder, ["localhost"], now=now).is_new


def test_an_authority_is_made_once_signs_servers_only_and_keeps_its_key_to_itself(folder: Path, now: datetime) -> None:
    again = tls.make_authority(folder, county="370921", now=now)
    assert again.fingerprint == tls.authority_at(folder).fingerprint
    assert again.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(
        True, 0
    )
    assert key_file(folder).stat().st_mode & 0o077 == 0
    issued = tls.ensure_server_certificate(folder, ["localhost"], now=now)
    assert issued.key.stat().st_mode & 0o077 == 0
    leaf = x509.load_pem_x509_certificate(issued.certificate.read_bytes())
    assert leaf.not_valid_after_utc - now <= timedelta(days=398)


def test_without_an_authority_the_way_out_is_named(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Refusal) as caught:
        tls.ensure_server_certificate(tmp_path, ["localhost"], now=now)
    assert caught.value.code == "tls.no_authority"
    assert "bulou init" in caught.value.sentence


def test_this_machine_has_at_least_its_name_and_the_loopback() -> None:
    found = tls.addresses_of_this_machine()
    assert {"localhost", "127.0.0.1"} <= set(found)
    assert not any(name.startswith("fe80") for name in found)
