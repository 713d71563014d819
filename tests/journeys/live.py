"""The whole product as its users meet it: web, worker, beat and sweep as processes of their own, on servers of their own, with a
mail server that receives what they send and a clock that the test moves. Nothing of it is imported: journeys come in by HTTP
(or a browser) and look at mails and pages.
"""

import contextlib
import email
import email.policy
import html
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import psycopg
from aiosmtpd.controller import Controller

from helpdesk import processes
from tests.template import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds of real time that something which happens by itself may take
STARTING = 120.0  # and for the programs to start, where tests run beside each other


class Live:
    """The running product. `servers`: see tests/servers.py."""

    def __init__(self, servers, home):
        self.servers, self.home = servers, Path(home)
        self.mail = MailServer()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.children = {}
        self.connection = None
        self.outside = [free_port() for _ in range(3)]  # where a journey may let a provider of its own listen
        self.environment = (
            os.environ
            | servers.environment()
            | {
                "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
                "PORT": str(self.port),
                "DEMO": "1",
                "TICK_SECONDS": "0.5",
                "OUTSIDE_NETWORKS": "127.0.0.0/8",
                "OUTSIDE_PORTS": ",".join(map(str, self.outside)),
                "OUTSIDE_PLAIN_HTTP": "1",
                "HELPDESK_NO_VENV": "1",
                "PYTHONUNBUFFERED": "1",
            }
        )

    # --- processes

    def start(self):
        self.mail.open()
        for name in ("web", "worker", "beat", "sweep"):
            self.run(name)
        until(
            lambda: httpx.get(f"http://127.0.0.1:{self.port}/healthz").status_code == 200,
            "the web answers",
            STARTING,
        )
        until(lambda: self.ready()["worker"] == "ok", "the worker works", STARTING)

    def ready(self):
        return httpx.get(f"http://127.0.0.1:{self.port}/readyz").json()

    def run(self, name, beside=""):
        """Start web, worker, beat or sweep (again); `beside="2"`: one more of them, known as "worker2"."""
        python = [sys.executable, "-m"]
        commands = {
            "web": [*python, "gunicorn", "helpdesk.wsgi:application", "-k", "gthread", "--threads", "4",
                    "--bind", f"fd://{self.socket.fileno()}"],
            "worker": [*python, "celery", "-A", "helpdesk", "worker", "-c", "2", "-l", "warning",
                       "--without-gossip", "--without-mingle"],
            "beat": [*python, "celery", "-A", "helpdesk", "beat", "-l", "warning",
                     "-s", str(self.home / f"beat-{time.monotonic_ns()}")],
            "sweep": [sys.executable, "manage.py", "sweep"],
        }  # fmt: skip
        fds = (self.socket.fileno(),) if name == "web" else ()
        name, command = name + beside, commands[name]
        self.children[name] = processes.spawn(
            command, log=self.home / f"{name}.log", env=self.environment, cwd=ROOT, pass_fds=fds
        )
        return self.children[name]

    def kill(self, name):
        """kill -9 of a process with all of its children."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def said(self, name):
        """The end of what web, worker, beat or sweep wrote in its log."""
        return (self.home / f"{name}.log").read_text(errors="replace")[-6000:]

    def stop(self):
        for child in self.children.values():
            processes.stop(child)
        self.mail.shut()
        self.socket.close()
        if self.connection is not None:
            self.connection.close()

    # --- time

    def travel_to(self, moment):
        """From now on it is `moment`, for every process. Back in time only when what was due has been done: work that
        has begun keeps the moment at which it began."""
        if moment < self.now():
            until(self.is_idle, "what was due is done")
        self.sql(
            """INSERT INTO public.tenants_clockoffset (id, "offset") VALUES (1, %s - clock_timestamp())
               ON CONFLICT (id) DO UPDATE SET "offset" = excluded."offset" """,
            [moment],
        )

    def is_idle(self):
        """Whether nothing is due that has not been done."""
        [[due]] = self.sql("SELECT count(*) FROM public.tenants_wakeup WHERE due_at <= %s", [self.now()])
        return due == 0

    def now(self):
        [[moment]] = self.sql(
            """SELECT clock_timestamp() + coalesce((SELECT "offset" FROM public.tenants_clockoffset), interval '0')"""
        )
        return moment

    def sql(self, statement, parameters=(), tenant=None):
        """Rows of one statement, for looking at what no page shows (and for the clock)."""
        connection = self._connected()
        schema = "public"
        if tenant is not None:
            [schema] = connection.execute(
                "SELECT schema_name FROM public.tenants_tenant WHERE slug = %s", [tenant]
            ).fetchone()
        connection.execute(f'SET search_path = "{schema}"')
        cursor = connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def _connected(self):
        if self.connection is None or self.connection.closed:
            url = urlsplit(self.servers.environment()["DATABASE_URL"])
            host = dict(part.split("=", 1) for part in url.query.split("&"))["host"]
            self.connection = psycopg.connect(
                host=host,
                user=url.username,
                password=url.password,
                dbname=url.path[1:] or "helpdesk",
                autocommit=True,
            )
        return self.connection

    def manage(self, *arguments):
        """`manage.py ...` as an operator types it. What it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    # --- people

    def visitor(self, tenant, name=None):
        """Somebody in front of a browser at this tenant's portal; signed in when a name is given ("alice")."""
        visitor = Visitor(self, tenant)
        if name is not None:
            visitor.sign_in(f"{name}@example.com")
        return visitor


class MailServer:
    """Receives mail by SMTP on a port of its own. `shut` it, and nobody can deliver; `open` it again on the same port."""

    def __init__(self):
        self.port = free_port()
        self.received = []
        self.controller = None

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Mail(envelope.rcpt_tos[0], message))
        return "250 taken"

    def open(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def shut(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @contextlib.contextmanager
    def closed(self):
        """Nobody can deliver meanwhile."""
        self.shut()
        try:
            yield
        finally:
            self.open()

    def to(self, name, containing=""):
        """Mails to name@example.com whose subject or text contains `containing`, oldest first."""
        return [
            m for m in self.received if m.to == f"{name}@example.com" and containing in m.subject + m.text
        ]

    def wait_for(self, name, containing="", count=1):
        """The `count`-th such mail, as soon as it is there."""
        until(lambda: len(self.to(name, containing)) >= count, f"mail {count} to {name} with {containing!r}; "
              f"there were: {[(m.to, m.subject) for m in self.received]}")  # fmt: skip
        return self.to(name, containing)[count - 1]

    def forget(self):
        self.received.clear()


@dataclass
class Mail:
    to: str
    message: email.message.EmailMessage

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content()

    def link(self, containing):
        """The first link with `containing` in it."""
        return next(link for link in self.links if containing in link)

    @property
    def links(self):
        return re.findall(r"https?://[^\s)>\]]+", self.text)


class Visitor:
    """Follows links and fills in forms, as a person without JavaScript does."""

    def __init__(self, live, tenant):
        self.live, self.host = live, f"{tenant}.localhost:{live.port}"
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{live.port}", timeout=30)
        self.http.headers["Host"] = self.host
        self.page = None
        self.path = "/"

    def sign_in(self, address):
        self.open("/account/sign-in/")
        self.submit(username=address, password=PASSWORD)
        assert "sign-in" not in self.path, self.text

    def open(self, url):
        """GET a path, or a link from a mail; redirects are followed."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._take(self.http.get(path))

    # --- what a customer does

    def ask(self, summary, body="Preciso de ajuda com isto.", topic="", **fields):
        """Open a ticket in the portal. Its number."""
        self.open(f"/tickets/new/?topic={topic}")
        self.submit("/tickets/new/", summary=summary, body=body, **fields)
        if "Is it one of these?" in self.text:  # TD16: none of them
            self.submit("/tickets/new/")
        return self.number

    def reply(self, number, body):
        self.open(f"/tickets/{number}/")
        return self.submit(f"/tickets/{number}/reply/", body=body)

    # --- what an agent does

    def open_for(self, caller, summary, body="Contado por telefone.", channel="phone", **fields):
        """Open a ticket for caller@example.com. Its number; None when the policy lets none be opened."""
        self.open(f"/desk/new/?caller={caller}@example.com")
        [requester] = re.findall(r"/desk/new/\?requester=\d+", self.html)
        self.open(requester)
        if "topic" in fields:
            self.submit("/desk/new/", topic=fields["topic"], ask="1", channel=channel)
        self.submit("/desk/new/", summary=summary, body=body, channel=channel, **fields)
        if "Is it one of these?" in self.text:
            self.submit("/desk/new/")
        found = re.search(r"/desk/tickets/(\d+)/", self.html)
        return int(found[1]) if found else None

    def answer(self, number, body, **fields):
        """Reply as an agent; wait="on": and wait for the customer."""
        self.open(f"/desk/tickets/{number}/")
        return self.submit(
            f"/{number}/replies/",
            **{f"reply-{name}": value for name, value in (fields | {"body": body}).items()},
        )

    def change(self, number, what, **fields):
        """One of the desk's changes: change(42, "triage", priority="1")."""
        self.open(f"/desk/tickets/{number}/{what}/")
        return self.submit(f"/{number}/{what}/", **fields)

    # --- forms

    @property
    def number(self):
        """The number of the ticket whose page this is."""
        found = re.search(r"/tickets/(\d+)/", self.path)
        assert found, f"not a ticket's page: {self.path}: {self.text}"
        return int(found[1])

    def hidden(self, name):
        """What the page's form holds in this field."""
        return next(form.values[name] for form in self.page.forms if name in form.values)

    def submit(self, action="", files=None, **fields):
        """Send the page's first form that has these fields and whose action ends with `action`, its other fields as they are."""
        form = self.form(action, fields)
        data = form.values | fields
        path = urljoin(self.path, form.action or self.path)
        if form.method == "get":
            return self._take(self.http.get(path, params=data))
        headers = {"Referer": f"http://{self.host}{self.path}", "Origin": f"http://{self.host}"}
        return self._take(self.http.post(path, data=data, files=files, headers=headers))

    def form(self, action, fields=()):
        """The page's first form that has these fields and whose action ends with `action`."""
        forms = [
            f for f in self.page.forms if (f.action or self.path).rstrip("/").endswith(action.rstrip("/"))
        ]
        fitting = [f for f in forms if set(fields) <= f.names]
        there = [(f.action, sorted(f.names)) for f in self.page.forms]
        assert fitting, f"no form {action!r} with {set(fields)} at {self.path}: {there}"
        return fitting[0]

    def _take(self, response):
        while response.is_redirect:
            location = urlsplit(response.headers["Location"])
            self.path = location.path
            response = self.http.get(location.path + (f"?{location.query}" if location.query else ""))
        else:
            self.path = response.url.path
        assert response.status_code < 500, f"{response.status_code} at {self.path}\n{self.live.said('web')}"
        self.status = response.status_code
        self.page = Page(response.text)
        return self

    @property
    def text(self):
        """What is to be read on the page, blanks folded."""
        return " ".join(" ".join(self.page.words).split())

    @property
    def html(self):
        return self.page.html


@dataclass
class Form:
    action: str
    method: str
    values: dict
    names: set


class Page(HTMLParser):
    """The words and forms of a page."""

    def __init__(self, html):
        super().__init__()
        self.html, self.words, self.forms = html, [], []
        self._silent, self._select, self._area = 0, None, None
        self.feed(html)

    def link(self, words):
        """Where the first link with these words leads."""
        found = re.search(rf'<a [^>]*?href="([^"]+)"[^>]*>\s*{re.escape(words)}\s*<', self.html)
        assert found, f"no link {words!r}"
        return html.unescape(found[1])

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("script", "style", "template"):
            self._silent += 1
        if tag == "form":
            self.forms.append(
                Form(given.get("action") or "", (given.get("method") or "get").lower(), {}, set())
            )
        if not self.forms or not given.get("name"):
            if (
                tag == "option"
                and self._select
                and ("selected" in given or self._select not in self.forms[-1].values)
            ):
                self.forms[-1].values[self._select] = given.get("value", "")
            return
        form, name = self.forms[-1], given["name"]
        form.names.add(name)
        if tag == "input":
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    form.values[name] = given.get("value", "on")
            elif kind not in ("file", "submit", "button"):
                form.values[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            form.values[name] = ""

    def handle_endtag(self, tag):
        if tag in ("script", "style", "template"):
            self._silent -= 1
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area:
            self.forms[-1].values[self._area] += data.lstrip("\n")
        if not self._silent:
            self.words.append(data)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def until(holds, what, patience=PATIENCE):
    """Wait for what happens by itself, and answer what came; an assertion with `what` when it does not."""
    end = time.monotonic() + patience
    while True:
        with contextlib.suppress(httpx.TransportError):
            if found := holds():
                return found
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.1)


def utc(*moment):
    return datetime(*moment, tzinfo=UTC)
