"""`python3 manage.py test`: every check there is, each with its duration; with arguments, pytest alone with these.

All checks run even when one fails; pytest is the last, so that its closing line closes the output. The browser journeys
need a Chromium on PATH: without one they are skipped, loudly; in CI that is a failure.
"""

import os
import shutil
import subprocess
import sys
import time

from helpdesk.bootstrap import PYTHON, ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Files side by side, one a core: each process has its own servers. A file stays whole, so that it makes its set-up once.
SIDE_BY_SIDE = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]

CHECKS = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
    "system check": ["manage.py", "check"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
}


def main(arguments):
    os.chdir(ROOT)
    env = environment()
    if arguments:
        return run_pytest(arguments, env)

    browser_missing = complain_about_browser(env)
    failed = [name for name, command in CHECKS.items() if not passes(name, command, env)]
    if failed:
        say(f"FAILED before pytest: {', '.join(failed)}")
    say("pytest")
    status = run_pytest(SIDE_BY_SIDE, env)
    if failed and status == 0:
        status = 1
    return 1 if browser_missing and os.environ.get("CI") == "true" else status


def environment():
    """This environment with the venv's programs first on PATH, and Chromium's place where there is one."""
    programs = (
        os.path.dirname(sys.executable) if os.environ.get("HELPDESK_NO_VENV") == "1" else str(PYTHON.parent)
    )
    env = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    if browser := find_browser():
        env["HELPDESK_BROWSER"] = browser
    return env


def find_browser():
    """The path of a Chromium, or None."""
    named = os.environ.get("HELPDESK_BROWSER")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def complain_about_browser(env):
    if "HELPDESK_BROWSER" in env:
        return False
    consequence = (
        "in CI that is a failure" if os.environ.get("CI") == "true" else "the browser journeys are SKIPPED"
    )
    say(f"!!! NO CHROMIUM FOUND: {consequence}. On Debian: apt install chromium")
    return True


def passes(name, command, env):
    """Run one check; its output is shown only when it fails."""
    started = time.monotonic()
    if command[0] == "manage.py":
        command = [sys.executable, *command]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    say(f"{name:<14} {verdict:<7} {time.monotonic() - started:5.1f} s")
    if done.returncode != 0:
        say(done.stdout)
    return done.returncode == 0


def run_pytest(arguments, env):
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env).returncode


def say(text):
    print(text, file=sys.stderr, flush=True)
