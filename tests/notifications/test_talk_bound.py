"""The whole of one mail is bounded, over TLS too: a server that drips a byte at a time holds no worker."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import EmailMessage

from notifications.smtp import Backend

DRIPS = 8.0  # seconds; then the server gives up by itself


@pytest.fixture
def certificate(tmp_path):
    """(server's TLS context, client's that trusts it), for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = tmp_path / "both.pem"
    both.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=pem.decode())


@contextlib.contextmanager
def dripping(context, *, starttls):
    """Greets (before STARTTLS), then drips the first answer over TLS without ever ending its line. Yields its port."""

    def talk():
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            if starttls:
                for said in (b"220 here\r\n", b"250-here\r\n250 STARTTLS\r\n", b"220 go on\r\n"):
                    plain.sendall(said)
                    if said != b"220 go on\r\n":
                        plain.recv(1000)
            with context.wrap_socket(plain, server_side=True) as talked:
                until = time.monotonic() + DRIPS
                while time.monotonic() < until:
                    talked.sendall(b"2")
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=talk, daemon=True)
        server.start()
        yield listener.getsockname()[1]
    server.join(DRIPS + 2)


@pytest.mark.parametrize("starttls", [False, True], ids=["TLS from the first byte", "STARTTLS"])
def test_a_server_that_drips_over_tls_is_left_in_time(certificate, starttls):
    of_server, of_client = certificate
    with dripping(of_server, starttls=starttls) as port:
        backend = Backend(host="127.0.0.1", port=port, use_tls=starttls, use_ssl=not starttls, timeout=5)
        backend.ssl_context = of_client
        began = time.monotonic()
        with pytest.raises(OSError), backend.bounded(0.5):
            backend.send_messages([EmailMessage("s", "b", "a@example.com", ["b@example.com"])])
        assert time.monotonic() - began < 4, "half a second, and a slow machine's leisure"
