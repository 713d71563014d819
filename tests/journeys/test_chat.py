"""A chat on 360dialog's desk, customer and agent side by side in Chromium, against the running product.

Alice's company is Premium. Berlin is UTC+1 in March 2027.
"""

import contextlib
import os
import re
from datetime import timedelta

import httpx
import pytest

from tests.journeys.live import until, utc

pytestmark = [pytest.mark.journey, pytest.mark.browser]

TENANT = "360dialog"
WEDNESDAY = utc(2027, 3, 10, 12)  # 13:00 in Berlin
SAID = ".room-log .bubble:not(.is-system):not(.is-waiting) .bubble-body"


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["HELPDESK_BROWSER"], args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            browser.close()


def page_of(browser, live, name):
    """A page of a browser of its own, signed in as this person."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    url = f"http://{TENANT}.localhost:{live.port}"
    cookies = live.visitor(TENANT, name).http.cookies
    context.add_cookies([{"name": key, "value": value, "url": url} for key, value in cookies.items()])
    return context.new_page()


def switch_on(live):
    """Dora switches the chat on for the plans that have it."""
    dora = live.visitor(TENANT, "dora")
    dora.open("/admin/chat/chatsettings/")
    dora.submit("/chatsettings/1/change/", is_on="on", audience="chosen", plans=["regular", "premium"])
    assert "changed successfully" in dora.text, dora.text[:2000]


def open_widget(page, live):
    """The widget of the portal, opened by its button. The room inside the frame."""
    page.goto(f"http://{TENANT}.localhost:{live.port}/")
    page.get_by_role("button", name="Chat with us").click()
    return page.frame_locator("iframe")


def begin(room, words):
    """The first message; where open tickets look alike, none of them is it (TD16)."""
    say(room, words)
    none_of_these(room)


def none_of_these(room):
    new = room.get_by_role("button", name="No, begin a new chat")
    new.or_(room.get_by_text("Your chat has the number")).first.wait_for()
    if new.is_visible():
        new.click()


def say(room, words):
    """Types and presses Enter, once more where the frame's script was not there yet: what was typed stays until it is taken."""
    box = room.get_by_label("Your message")
    box.fill(words)
    enter(box)


def enter(box):
    for _ in range(40):
        box.press("Enter")
        box.page.wait_for_timeout(400)
        if not box.input_value().strip():
            return
    raise AssertionError(f"{box.input_value()!r} was not taken")


def answer(page, words):
    page.get_by_label("Reply", exact=True).last.fill(words)
    page.get_by_role("button", name="Send reply").click()


def heard(place, words):
    place.get_by_text(words, exact=True).first.wait_for()


def deliver(live, request):
    """The request arrives, and its answer is lost on the way back."""
    path = request.url.split(f":{live.port}")[1]
    httpx.post(
        f"http://127.0.0.1:{live.port}{path}",
        content=request.post_data_buffer,
        headers=request.all_headers() | {"host": f"{TENANT}.localhost:{live.port}"},
    ).raise_for_status()


def number_in(room):
    return int(re.search(r"C-(\d+)", room.locator("[data-number]").inner_text())[1])


def test_td01_td09_ten_messages_with_a_reload_and_a_lost_connection_between_each_once(live, browser_path):
    live.travel_to(WEDNESDAY)
    switch_on(live)
    with chromium() as browser:
        customer, agent = page_of(browser, live, "alice"), page_of(browser, live, "bob")
        room = open_widget(customer, live)
        begin(room, "one: the hub shows an old value")
        # TD09: an id and an answer at once, before anybody of ours has looked.
        room.get_by_text("Our target for the first response: Wednesday 10 March, 13:3").wait_for()
        number = number_in(room)

        agent.goto(f"http://{TENANT}.localhost:{live.port}/desk/chats/")
        agent.get_by_role("link", name=f"C-{number}").click()
        heard(agent, "one: the hub shows an old value")
        agent.evaluate("window.notReloaded = true")
        answer(agent, "two: hello Alice")
        heard(room, "two: hello Alice")
        say(room, "three: since this morning")
        heard(agent, "three: since this morning")
        answer(agent, "four: which browser?")
        heard(room, "four: which browser?")

        customer.reload()  # the widget comes back open, with everything that was said
        room = customer.frame_locator("iframe")
        heard(room, "four: which browser?")
        say(room, "five: all of them")
        heard(agent, "five: all of them")
        answer(agent, "six: I see it here, too")
        heard(room, "six: I see it here, too")

        # The line is cut: the first message never arrives, of the second the answer is lost on the way back.
        cut = []

        def lose(route):
            cut.append(route.request.url)
            if len(cut) > 3:
                deliver(live, route.request)
            route.abort()

        customer.route("**/chat/messages/**", lose)
        customer.route("**/chat/thread/**", lambda route: route.abort())
        say(room, "seven: it got lost")
        room.get_by_text("Connecting").wait_for()
        say(room, "eight: and this one")
        until(lambda: customer.wait_for_timeout(200) or len(cut) > 4, "the widget tries again and again")
        answer(agent, "nine: are you there?")
        customer.unroute("**/chat/messages/**")
        customer.unroute("**/chat/thread/**")
        for words in ("seven: it got lost", "eight: and this one", "nine: are you there?"):
            heard(room, words)
        heard(agent, "eight: and this one")
        say(room, "ten: yes, thank you")
        heard(agent, "ten: yes, thank you")

        ordinals = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        for words in (room.locator(SAID), agent.locator(".message:not(.system) .message-body")):
            said = [text.split(":")[0] for text in words.all_inner_texts()]
            assert sorted(said) == sorted(ordinals), said
        assert agent.evaluate("window.notReloaded") is True, "the agent's page was never loaded again"
        rows = live.sql("SELECT count(*) FROM tickets_ticket WHERE number = %s", [number], tenant=TENANT)
        assert rows == [(1,)]
        # What she saw in the widget is not in her mailbox as well.
        assert not live.mail.to("alice", "hello Alice")


def test_td13_a_chat_that_waits_for_the_customer_closes_by_itself_and_a_new_one_begins(live, browser_path):
    live.travel_to(WEDNESDAY)
    switch_on(live)
    with chromium() as browser:
        customer = page_of(browser, live, "erin")
        late = []  # typed while the script is still on its way: nothing is lost
        customer.route("**/room*.js", lambda route: late.append(route))
        room = open_widget(customer, live)
        room.get_by_label("Your message").fill("Which template do I need?")
        for _ in range(200):
            if late:
                break
            customer.wait_for_timeout(50)
        late[0].continue_()
        enter(room.get_by_label("Your message"))
        none_of_these(room)
        room.get_by_text("Our target for the first response").wait_for()
        number = number_in(room)
        live.visitor(TENANT, "bob").answer(number, "Which one do you mean?", wait="on")
        heard(room, "Which one do you mean?")
        # Seen in the widget is handed over: the silence begins, Wednesday 13:00 in Berlin.
        room.get_by_text("Without one the chat closes by itself").wait_for()
        live.travel_to(WEDNESDAY + timedelta(hours=24, minutes=3))
        live.mail.wait_for("erin", f"Do you still need help with #{number}")
        live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=6))
        live.mail.wait_for("erin", f"Request #{number} was closed")
        room.get_by_text("Closed, because no answer came.").wait_for()
        transcript = live.mail.wait_for("erin", f"Your chat #{number}")
        assert transcript.text.index("Which template") < transcript.text.index("Which one do you mean?")
        room.get_by_role("button", name="Start a new chat").click()
        say(room, "I am back")
        room.get_by_text("Thank you. Your chat has the number").wait_for()
        assert number_in(room) > number
        # She leaves: what is answered now reaches her by mail.
        customer.close()
        live.travel_to(WEDNESDAY + timedelta(hours=48, minutes=10))
        last = live.sql("SELECT max(number) FROM tickets_ticket", tenant=TENANT)[0][0]
        live.visitor(TENANT, "bob").answer(last, "Welcome back.")
        live.mail.wait_for("erin", "Welcome back.")
