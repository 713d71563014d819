"""One running product for all journeys. Each journey has a tenant of its own, and moves the clock to its own time."""

import pytest

from tests.journeys.live import Live
from tests.servers import private_servers


@pytest.fixture(scope="session")
def _running(tmp_path_factory):
    with private_servers() as servers:
        live = Live(servers, tmp_path_factory.mktemp("live"))
        try:
            live.start()
            yield live
        finally:
            live.stop()


@pytest.fixture
def live(_running):
    _running.mail.forget()
    return _running
