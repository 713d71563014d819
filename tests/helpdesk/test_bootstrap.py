"""The environment that manage.py makes for itself."""

import ast
import re
import sys

import pytest

from helpdesk import bootstrap
from helpdesk.bootstrap import DEVELOPMENT, INSTALLER, ROOT, RUNTIME


def pins(lock):
    return set(re.findall(r"^[a-z0-9][^ ]+==[^\\\n]+", (ROOT / lock).read_text(), re.MULTILINE))


def test_the_development_lock_holds_every_runtime_pin():
    assert pins(RUNTIME) and pins(RUNTIME) <= pins(DEVELOPMENT)


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT, INSTALLER])
def test_a_lock_names_no_host(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--hash=sha256:" in text


@pytest.mark.parametrize(
    ("command", "installed", "lock"),
    [
        ("up", {}, RUNTIME),
        ("test", {}, DEVELOPMENT),
        ("bench", {RUNTIME: "x"}, DEVELOPMENT),
        ("up", {RUNTIME: "x", DEVELOPMENT: "x"}, DEVELOPMENT),  # an environment is never taken back
    ],
)
def test_a_command_gets_the_lock_that_it_needs(monkeypatch, command, installed, lock):
    monkeypatch.setattr(bootstrap, "installed_locks", lambda: installed)
    assert bootstrap.lock_for(["manage.py", command]) == lock


def test_an_old_python_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is Python 3\.10\."):
        bootstrap.enter_environment(["manage.py", "up"])


@pytest.mark.parametrize("file", ["manage.py", "helpdesk/__init__.py", "helpdesk/bootstrap.py"])
def test_an_old_python_can_read_what_refuses_it(file):
    ast.parse((ROOT / file).read_text(), feature_version=(3, 6))


def test_a_failed_installation_is_told_by_its_error_line():
    failure = OSError("first line\nERROR: hashes do not match\n  some detail")
    assert bootstrap.reason(failure) == "The environment could not be made: ERROR: hashes do not match"
    assert bootstrap.reason(OSError("No space left on device")).endswith("the disk is full")
