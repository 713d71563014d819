"""The door to addresses that a tenant has typed: only public ones, whatever way they are written, and the checked one."""

import ipaddress
import socket
import ssl
import threading
import time

import httpx
import pytest

from tenants import outside
from tenants.outside import Refused, Rules

STRICT = Rules()
LOOSE = Rules((ipaddress.ip_network("127.0.0.0/8"),), frozenset(range(1, 65536)), plain_http=True)


def post(url, rules=LOOSE, **limits):
    return outside.post(url, b"{}", [("Content-Type", "application/json")], rules=rules, **limits)


@pytest.fixture(autouse=True)
def reachable(settings):
    """As it is where nothing is loosened."""
    settings.OUTSIDE_NETWORKS, settings.OUTSIDE_PORTS, settings.OUTSIDE_PLAIN_HTTP = (
        [],
        [80, 443, 8443],
        False,
    )


@pytest.fixture
def dns(monkeypatch):
    """dns["name"] = [[first answer], [second answer], ...]; the last one stays. `dns.asked` counts."""

    class Answers(dict):
        asked = 0

        def resolve(self, host, port):
            self.asked += 1
            if host not in self:
                raise socket.gaierror("no such name")
            answers = self[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]

    answers = Answers()
    monkeypatch.setattr(outside, "resolve", answers.resolve)
    return answers


class Server:
    """Answers each connection with `reply`, a list of pieces; `pause` seconds before each. What it received is in `heard`."""

    def __init__(self, *reply, pause=0.0):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port, self.reply, self.pause, self.heard = self.listening.getsockname()[1], reply, pause, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536))
                try:
                    for piece in self.reply:
                        time.sleep(self.pause)
                        connection.sendall(piece)
                except OSError:
                    continue


@pytest.fixture
def server():
    made = []

    def start(*reply, **given):
        made.append(Server(*(reply or [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"]), **given))
        return made[-1]

    yield start
    for each in made:
        each.listening.close()


# --- what is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks",
        "https://example.com:8443/a?b=c",
        "https://münchen.example/ä",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
        "https://hook_receiver.example.com./",
        "https://[64:ff9b::101:101]/",  # NAT64 of 1.1.1.1
    ],
)
def test_public_addresses_are_called(url):
    assert outside.check_url(url, STRICT).scheme == "https"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "unix:///run/docker.sock",
        "http://example.com/",  # plain
        "https:///path",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com /",
        "https://exam\nple.com/",
        "https://example.com/\r\nX: y",
        "https://example.com/\x00",
        "https://example.com:22/",
        "https://example.com:6379/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://-example.com/",
        "https://exa%6dple.com/",
        "https://" + "a" * 64 + ".com/",
        "https://example.com/" + "a" * 2000,
        "https://ⓛocalhost/",
        "https://１27.0.0.1/",
    ],
)
def test_what_is_no_such_address_is_refused(url):
    with pytest.raises(Refused) as refusal:
        outside.check_url(url, STRICT)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "192.88.99.1", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:7f00:1]",
        "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
        "[2002:101:101::]", "[2001::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[fec0::1]", "[5f00::1]",
        "[fe80::1%25eth0]", "127。0。0。1",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_refused_however_they_are_wrapped(host):
    with pytest.raises(Refused):
        outside.check_url(f"https://{host}/", STRICT)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "1.1.1.1.", "1.1.1",
     "01.1.1.1", "1.1.1.256", "0x", "example.0x7f", "example.99", "127.0.0.1.", "16843009"],
)  # fmt: skip
def test_odd_ways_to_write_a_number_are_refused_even_where_they_mean_a_public_one(host):
    with pytest.raises(Refused):
        outside.check_url(f"https://{host}/", STRICT)


def test_chosen_private_networks_and_plain_http_are_allowed_where_the_settings_say_so(settings):
    settings.OUTSIDE_NETWORKS, settings.OUTSIDE_PLAIN_HTTP = ["10.1.0.0/16"], True
    assert outside.check_url("http://10.1.2.3/").host == "10.1.2.3"
    assert outside.check_url("http://[::ffff:10.1.2.3]/")
    for other in ("http://10.2.0.1/", "http://127.0.0.1/", "http://10.1.2.3:8080/"):
        with pytest.raises(Refused):
            outside.check_url(other)


# --- what a name leads to ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.5"], ["::1"], ["::ffff:10.0.0.1"], ["64:ff9b::a00:1"], ["1.1.1.1", "169.254.169.254"],
     ["fe80::1%eth0"], ["0.0.0.0"]],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(dns, addresses):
    dns["evil.example"] = [addresses]
    for ask in (outside.check, lambda url: post(url, Rules())):
        with pytest.raises(Refused):
            ask("https://evil.example/")


def test_a_name_that_leads_nowhere_is_said_so(dns):
    with pytest.raises(outside.NotFound) as refusal:
        outside.check("https://nowhere.example/")
    assert "nowhere.example" in str(refusal.value)


def test_a_name_server_that_does_not_answer_is_left_behind(monkeypatch):
    monkeypatch.setattr(outside, "resolve", lambda host, port: time.sleep(3))
    began = time.monotonic()
    with pytest.raises(outside.NotFound):
        post("https://slow.example/", Rules(), connect=0.2)
    assert time.monotonic() - began < 1.5


def test_the_connection_goes_to_the_address_that_was_checked(dns, server):
    """Rebinding: at the second question the name would lead elsewhere. There is no second question."""
    good = server()
    dns["hook.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    assert post(f"http://hook.example:{good.port}/in").status == 200
    assert dns.asked == 1
    assert f"host: hook.example:{good.port}".encode() in good.heard[0].lower(), "the server hears its name"
    with pytest.raises(Refused):
        post(f"http://hook.example:{good.port}/in")


def test_a_second_address_is_tried_where_the_first_does_not_answer(dns, server):
    good = server()
    dns["two.example"] = [["127.0.0.9", "127.0.0.1"]]
    assert post(f"http://two.example:{good.port}/").status == 200


def test_a_redirect_is_an_answer_and_not_followed(server):
    inside = server()
    turned = server(
        f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    assert post(f"http://127.0.0.1:{turned.port}/").status == 302
    assert inside.heard == []


def test_proxies_of_the_environment_are_not_asked(server, monkeypatch):
    proxy, good = server(), server()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    assert post(f"http://127.0.0.1:{good.port}/").status == 200
    assert proxy.heard == []


# --- an end to everything ---------------------------------------------------------------------------------------------


def test_no_more_is_read_than_was_asked_for_and_nothing_is_unpacked(server):
    endless = server(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", *[b"x" * 60_000] * 200)
    answer = post(f"http://127.0.0.1:{endless.port}/", largest=2048)
    assert answer.body == b"x" * 2048
    assert b"accept-encoding: identity" in endless.heard[0].lower()


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X"] * 100],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 100],
    ],
    ids=["in the head", "in the body"],
)
def test_a_server_that_drips_is_left_in_time(server, pieces):
    dripping = server(*pieces, pause=0.1)
    began = time.monotonic()
    with pytest.raises((outside.TooLong, httpx.TimeoutException)):
        post(f"http://127.0.0.1:{dripping.port}/", read=5.0, total=0.6)
    assert time.monotonic() - began < 2


def test_a_silent_server_is_left_after_the_reading_time(server):
    silent = server(b"late", pause=5)
    with pytest.raises(httpx.ReadTimeout):
        post(f"http://127.0.0.1:{silent.port}/", read=0.2)


def test_the_certificate_is_checked_against_the_name(dns, server, monkeypatch):
    """TLS is spoken with the name, though the connection goes to an address."""
    spoken = []

    class Context(ssl.SSLContext):
        def wrap_socket(self, *args, server_hostname=None, **kwargs):
            spoken.append((server_hostname, self.check_hostname, self.verify_mode))
            raise ssl.SSLCertVerificationError("not our certificate")

    monkeypatch.setattr(outside, "tls", lambda: Context(ssl.PROTOCOL_TLS_CLIENT))
    dns["secure.example"] = [["127.0.0.1"]]
    with pytest.raises(httpx.ConnectError):
        post(f"https://secure.example:{server().port}/")
    assert spoken == [("secure.example", True, ssl.CERT_REQUIRED)]
