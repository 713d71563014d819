"""Meta's side of WhatsApp, small and faithful: the Graph API that we call, and the web hook that it calls.

Shapes, codes and rules as in Meta's reference (messages, media in two steps, statuses, error codes, groups): a bearer token or
190; free text only within 24 hours of the customer's last message or 131047, a template any time; 131026 for who is not on
WhatsApp; 130429 when told to be busy. What customers say is signed with the app's secret (X-Hub-Signature-256).
"""

import hashlib
import hmac
import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

ERRORS = {
    100: "Invalid parameter",
    190: "Access token has expired",
    130429: "Rate limit hit",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    132001: "Template does not exist in the translation",
}


class CloudApi:
    def __init__(self, port=0, clock=lambda: datetime.now(UTC)):
        self.token, self.app_secret, self.verify_token = "EAAG-token", "app-secret", "my-words"
        self.phone_number_id, self.number, self.clock = "106540352242922", "5538999507998", clock
        self.sent, self.media, self.heard_at, self.templates = [], {}, {}, {"news", "reply"}
        self.not_on_whatsapp, self.busy, self.silent = set(), 0, 0
        self.numbers, self.calls = count(1), []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), type("Graph", (_Graph,), {"api": self}))
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.deliver = None  # deliver(body, headers): how its web hook reaches us

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()

    def settings(self):
        """(config, secrets) of a door to this."""
        config = {"phone_number_id": self.phone_number_id, "graph_url": self.url}
        secrets = {
            "access_token": self.token,
            "app_secret": self.app_secret,
            "verify_token": self.verify_token,
        }
        return config, secrets

    def texts_to(self, number):
        """What this number (or group) has received, oldest first."""
        return [text_of(m) for m in self.sent if m["to"] == number.removeprefix("+")]

    # --- what customers do

    def says(self, number, text, name="Alice", **more):
        return self.message(number, "text", {"body": text}, name=name, **more)

    def message(self, number, kind, content, name="Alice", quotes="", group="", wamid=None, **more):
        """Somebody sends a message; its wamid."""
        wamid = wamid or f"wamid.HBgM{next(self.numbers):08d}{number}"
        told = {"from": number, "id": wamid, "timestamp": self.stamp(), "type": kind, **more}
        if content is not None:
            told[kind] = content
        if quotes:
            told["context"] = {"from": self.number, "id": quotes}
        if group:
            told["group_id"] = group
        self.heard_at[group or number] = self.clock()
        self.hook({"contacts": [{"profile": {"name": name}, "wa_id": number}], "messages": [told]})
        return wamid

    def sends_file(self, number, kind, data, mime, **more):
        media_id = str(next(self.numbers))
        self.media[media_id] = (data, mime)
        sha = hashlib.sha256(data).hexdigest()
        extra = {name: more.pop(name) for name in ("caption", "filename", "voice") if name in more}
        return self.message(number, kind, {"id": media_id, "mime_type": mime, "sha256": sha, **extra}, **more)

    # --- what Meta reports

    def reports(self, wamid, status, code=None):
        """A receipt: sent, delivered, read, failed."""
        message = next((m for m in self.sent if m["id"] == wamid), {"to": "0"})
        told = {"id": wamid, "status": status, "timestamp": self.stamp(), "recipient_id": message["to"]}
        if message.get("biz_opaque_callback_data"):
            told["biz_opaque_callback_data"] = message["biz_opaque_callback_data"]
        if code:
            told["errors"] = [{"code": code, "title": ERRORS[code], "message": ERRORS[code],
                               "error_data": {"details": f"{ERRORS[code]}."}}]  # fmt: skip
        return self.hook({"statuses": [told]})

    def hook(self, value, number_id=None):
        return self.deliver_signed(self.payload(value, number_id))

    def payload(self, value, number_id=None):
        metadata = {"display_phone_number": self.number, "phone_number_id": number_id or self.phone_number_id}
        value = {"messaging_product": "whatsapp", "metadata": metadata} | value
        return {"object": "whatsapp_business_account",
                "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}]}  # fmt: skip

    def deliver_signed(self, told):
        body = json.dumps(told).encode()
        return self.deliver(body, {"X-Hub-Signature-256": self.signature(body)})

    def signature(self, body):
        return "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()

    def stamp(self):
        return str(int(self.clock().timestamp()))

    # --- what we ask for

    def refusal_of(self, message):
        """The error code, 0 where it is taken."""
        if self.busy:
            self.busy -= 1
            return 130429
        if message.get("messaging_product") != "whatsapp" or not message.get("to"):
            return 100
        if message["to"] in self.not_on_whatsapp:
            return 131026
        if message["type"] == "template":
            return 0 if message["template"]["name"] in self.templates else 132001
        heard_at = self.heard_at.get(message["to"])
        return 0 if heard_at and self.clock() - heard_at < timedelta(hours=24) else 131047


def text_of(message):
    if message["type"] == "template":
        words = [p["text"] for c in message["template"]["components"] for p in c["parameters"]]
        return f"[{message['template']['name']}] {' | '.join(words)}"
    content = message[message["type"]]
    return content.get("body") or f"<{message['type']} {content.get('filename', '')}>"


class _Graph(BaseHTTPRequestHandler):
    api = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.api.calls.append(("POST", self.path))
        found = re.fullmatch(r"/v\d+\.0/(\d+)/(messages|media)", self.path)
        if not self.is_known() or not found or found[1] != self.api.phone_number_id:
            return self.fail(190 if not self.is_known() else 100, 401 if not self.is_known() else 400)
        if found[2] == "media":
            return self.keep_media(body)
        message = json.loads(body)
        if code := self.api.refusal_of(message):
            return self.fail(code, 429 if code == 130429 else 400)
        message["id"] = f"wamid.OUT{next(self.api.numbers):08d}"
        self.api.sent.append(message)
        if self.api.silent:  # taken, but the answer is lost
            self.api.silent -= 1
            self.close_connection = True
            return None
        return self.answer({
            "messaging_product": "whatsapp",
            "contacts": [{"input": message["to"], "wa_id": message["to"]}],
            "messages": [{"id": message["id"]}],
        })  # fmt: skip

    def keep_media(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = message_from_bytes(head + body).get_payload()
        fields = {part.get_param("name", header="Content-Disposition"): part for part in parts}
        if fields["messaging_product"].get_payload() != "whatsapp" or "type" not in fields:
            return self.fail(100, 400)
        media_id = str(next(self.api.numbers))
        self.api.media[media_id] = (
            fields["file"].get_payload(decode=True),
            fields["type"].get_payload().strip(),
        )
        return self.answer({"id": media_id})

    def do_GET(self):
        self.api.calls.append(("GET", self.path))
        if not self.is_known():
            return self.fail(190, 401)
        if found := re.fullmatch(r"/v\d+\.0/(\d+)", self.path):
            data, mime = self.api.media[found[1]]
            about = {"messaging_product": "whatsapp", "url": f"{self.api.url}/cdn/{found[1]}?ext=1&hash=AR",
                     "mime_type": mime, "sha256": hashlib.sha256(data).hexdigest(), "file_size": str(len(data)),
                     "id": found[1]}  # fmt: skip
            return self.answer(about)
        data, mime = self.api.media[re.match(r"/cdn/(\d+)", self.path)[1]]
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None

    def is_known(self):
        return self.headers.get("Authorization") == f"Bearer {self.api.token}"

    def fail(self, code, status):
        said = ERRORS[code]
        self.answer({"error": {"message": f"(#{code}) {said}", "type": "OAuthException", "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": f"{said}."}, "fbtrace_id": "Az8or"}}, status)  # fmt: skip

    def answer(self, told, status=200):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def patiently(holds, what, seconds=30):
    """Wait for what a real worker does by itself."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)
