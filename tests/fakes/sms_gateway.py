"""An SMS gateway as there are many: JSON over HTTP with names of its own, signed requests, receipts, parts of long messages."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count


class SmsGateway:
    number = "+5538999507998"

    def __init__(self, port=0):
        self.key, self.secret, self.sent, self.busy, self.refuses = (
            "Bearer sms-key",
            "sms-secret",
            [],
            0,
            set(),
        )
        self.numbers = count(1)
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", port), type("Gateway", (_Gateway,), {"gateway": self})
        )
        self.port = self.server.server_port
        self.deliver = None  # deliver(body, headers)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()

    def settings(self):
        config = {
            "send": {
                "url": f"http://127.0.0.1:{self.port}/v1/sms",
                "header": "X-Api-Key",
                "fields": {"to": "msisdn", "from": "sender", "text": "content", "id": "clientRef", "encoding": "dcs"},
                "more": {"route": "transactional"},
                "answer_id": "data.messages.0.ref",
            },
            "receive": {
                "signature_header": "X-Gateway-Signature",
                "fields": {"id": "ref", "from": "msisdn", "text": "content", "encoding": "dcs",
                           "reference": "udh.ref", "part": "udh.part", "parts": "udh.of"},
                "receipt": {"id": "ref", "status": "state", "reason": "why"},
                "statuses": {"DELIVRD": "delivered", "UNDELIV": "failed"},
            },
        }  # fmt: skip
        return config, {"send_secret": self.key, "receive_secret": self.secret}

    def texts_to(self, number):
        return [m["content"] for m in self.sent if m["msisdn"] == number]

    def says(self, number, text, **more):
        return self.hook({"ref": f"mo-{next(self.numbers)}", "msisdn": number, "content": text, **more})

    def reports(self, ref, state, why=""):
        return self.hook({"ref": ref, "state": state, "why": why})

    def hook(self, told):
        body = json.dumps(told).encode()
        return self.deliver(body, {"X-Gateway-Signature": self.signature(body)})

    def signature(self, body):
        return hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()


class _Gateway(BaseHTTPRequestHandler):
    gateway = None

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("X-Api-Key") != self.gateway.key:
            return self.answer(401, {"error": "unknown key"})
        if self.gateway.busy:
            self.gateway.busy -= 1
            return self.answer(429, {"error": "slow down"})
        if message["msisdn"] in self.gateway.refuses:
            return self.answer(422, {"error": "not a mobile number"})
        message["ref"] = f"mt-{next(self.gateway.numbers)}"
        self.gateway.sent.append(message)
        return self.answer(202, {"data": {"messages": [{"ref": message["ref"]}]}})

    def answer(self, status, told):
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass
