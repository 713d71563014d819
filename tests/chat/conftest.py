"""A desk of 360dialog's policy with the chat switched on, its clock stopped, and a widget that speaks as the script does."""

import itertools
import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from tickets.chat.models import ChatSettings

WEDNESDAY = datetime(2027, 3, 10, 12, tzinfo=UTC)  # 13:00 in Berlin


@pytest.fixture
def at(monkeypatch):
    """at(moment): the chat's views and the portal's are asked then; to begin with, Wednesday 12:00 UTC."""
    views = (
        "chat.views",
        "chat.frame",
        "chat.agents",
        "portal.home",
        "portal.guest",
        "desk.writing",
        "desk.ticket",
    )

    def stop(moment):
        for view in views:
            monkeypatch.setattr(f"tickets.{view}.now", lambda: moment)
        monkeypatch.setattr("tickets.templatetags.chat.now", lambda: moment)

    cache.clear()
    stop(WEDNESDAY)
    return stop


@pytest.fixture
def desk(desk_of, at):
    """360dialog's desk: chat for every customer and for visitors."""
    tenant = desk_of("360dialog")
    switch_on()
    return tenant


def switch_on(**more):
    given = {"is_on": True, "visitors": True} | more
    return ChatSettings.objects.update_or_create(id=1, defaults=given)[0]


class Widget:
    """A browser with the room open: its token, and what the script asks for."""

    keys = (f"key-{n:08}" for n in itertools.count(1))

    def __init__(self, client, token=None):
        self.client = client
        self.token = token or re.search(r'data-token="([^"]+)"', client.get("/chat/").content.decode())[1]

    def post(self, path, token=None, **data):
        return self.client.post(f"/chat/{path}/", data, headers={"X-Chat": token or self.token})

    def say(self, body, key=None, **data):
        return self.post("messages", body=body, key=key or next(self.keys), **data)

    def thread(self, after=0, version="", token=None):
        headers = {"X-Chat": token or self.token} | ({"If-None-Match": version} if version else {})
        return self.client.get(f"/chat/thread/?after={after}", headers=headers)

    def signs(self, **data):
        return self.post("signs", **data)


@pytest.fixture
def widget(desk, client_for, person):
    """widget("alice"): Alice's, signed in; widget(): a visitor's."""

    def opened(name=None, tenant=desk):
        return Widget(client_for(tenant, person(name) if name else None))

    return opened


@pytest.fixture
def bob(desk, client_for, person):
    """Bob's browser at the desk."""
    return client_for(desk, person("bob"))
