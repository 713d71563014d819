"""A real IMAP server (pymap) as a process of its own, with one mailbox."""

import contextlib
import imaplib
import socket
import subprocess
import sys
import time

# pymap hashes passwords so slowly that a sign-in takes seconds; ours is no secret
QUICK = """
from pysasl.hashing import Cleartext
from pymap.config import IMAPConfig
from pymap.main import main
IMAPConfig._get_hash_context = classmethod(lambda cls, passlib_cfg: Cleartext())
main()
"""
USER, PASSWORD = "support", "secret of the mailbox"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class ImapServer:
    """`deliver(raw)` puts a mail in; `flags()` tells what stands in a folder: {Message-ID: flags}."""

    def __init__(self):
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-c", QUICK, "--host", "127.0.0.1", "--port", str(self.port), "--no-tls",
             "--no-service", "managesieve", "--no-service", "admin", "dict", "--demo-user", USER, "--demo-password", PASSWORD],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 30
        while True:
            try:
                with self.signed_in():
                    return
            except OSError:
                assert time.monotonic() < end, "the IMAP server did not start"
                assert self.process.poll() is None, "the IMAP server ended"
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    @contextlib.contextmanager
    def signed_in(self):
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, raw, flags="", folder="INBOX"):
        with self.signed_in() as client:
            status, told = client.append(
                folder, flags, None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            )
            assert status == "OK", told

    def make_folder(self, name):
        with self.signed_in() as client:
            client.create(name)

    def flags(self, folder="INBOX"):
        with self.signed_in() as client:
            client.select(folder, readonly=True)
            _, data = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
            found = {}
            for part in data:
                if isinstance(part, tuple):
                    found[part[1].decode().partition(":")[2].strip()] = part[0].decode()
            return found

    def settings(self, **more):
        """What a door for this mailbox is configured with, but for the password."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "user": USER,
            "folder": "INBOX",
        } | more
