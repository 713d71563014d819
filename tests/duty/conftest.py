"""Suporte Leilões with its clock moved, and a customer's web server with a calendar on it."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tenants import moment


class CalendarServer:
    """Serves `text` under an ETag of its own; `status` other than 200 is answered as it is. `asked` keeps the headers."""

    def __init__(self):
        self.text, self.status, self.asked = b"", 200, []
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                served.asked.append({name.lower(): value for name, value in self.headers.items()})
                tag = f'"{hash(served.text)}"'
                status = served.status
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status = 304
                self.send_response(status)
                self.send_header("ETag", tag)
                body = served.text if status == 200 else b""
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/agenda.ics"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def says(self, *events):
        inner = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
        self.text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//\r\n{inner}END:VCALENDAR\r\n".encode()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def customer(settings):
    """The customer's calendar, on this machine."""
    served = CalendarServer()
    settings.OUTSIDE_NETWORKS, settings.OUTSIDE_PORTS = ["127.0.0.0/8"], [served.port]
    settings.OUTSIDE_PLAIN_HTTP = True
    yield served
    served.stop()


@pytest.fixture
def travel_to(monkeypatch):
    """From now on it is that moment, for everything in this test, however long the test takes."""

    def travel(at):
        monkeypatch.setattr(moment, "MOVED", f"SELECT timestamptz '{at.isoformat()}'")
        return at

    return travel


def utc(*when):
    return datetime(*when, tzinfo=UTC)
