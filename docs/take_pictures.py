"""The README's pictures, taken from a running `python3 manage.py up`.

    .venv/bin/python docs/take_pictures.py [--port 8000] [--only desk phone]

Signs in with what var/demo.json says, and writes docs/pictures/NAME.png. Needs a Chromium on PATH.
"""

import argparse
import json
import shutil
import struct
import sys
import zlib
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LIMIT = 300_000  # bytes of one picture
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SIGNATURE = b"\x89PNG\r\n\x1a\n"

# name: (desk, role, address, window). A word after "#" opens the first such ticket of that page.
SUBJECTS = {
    "desk": ("360dialog", "agent", "/desk/", WIDE),
    "portal": ("z-pro", "customer", "/", WIDE),
    "ticket": ("360dialog", "agent", "/desk/?view=mine#ticket", WIDE),
    "targets": ("360dialog", "admin", "/admin/policy/targets/", WIDE),
    "policy": ("suporte-leiloes", "customer", "/policy/", WIDE),
    "phone": ("z-pro", "customer", "/tickets/#ticket", PHONE),
}


def main():
    said = arguments()
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser_path is None:
        sys.exit("No Chromium on PATH. On Debian: apt install chromium")
    try:
        doors = json.loads((ROOT / "var" / "demo.json").read_text())
    except FileNotFoundError:
        sys.exit("No var/demo.json: start the demo first, with python3 manage.py up")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name in said.only:
            picture = smaller(take(browser, doors, said.port, *SUBJECTS[name]))
            (PICTURES / f"{name}.png").write_bytes(picture)
            print(f"{name}.png  {len(picture) // 1000} kB")
            if len(picture) > LIMIT:
                sys.exit(f"{name}.png is larger than {LIMIT // 1000} kB")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=list(SUBJECTS), metavar="NAME")
    return parser.parse_args()


def take(browser, doors, port, desk, role, address, window):
    base = f"http://{desk}.localhost:{port}"
    door = next(each for each in doors if each["tenant"] == desk and each["role"] == role)
    context = browser.new_context(
        viewport=window, locale="en-GB", color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    try:
        page.goto(f"{base}/account/sign-in/")
    except Error as error:
        sys.exit(f"{base} does not answer. Is `python3 manage.py up` running there? ({error.message})")
    page.fill("[name=username]", door["email"])
    page.fill("[name=password]", door["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    address, _, wanted = address.partition("#")
    page.goto(base + address)
    if wanted:
        page.locator(f"main a[href*='/{wanted}s/'][href$='/']:not([href$='/new/'])").first.click()
        page.wait_for_load_state()
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    picture = page.screenshot()
    context.close()
    return picture


def smaller(png):
    """The same picture without its metadata, compressed as well as zlib can."""
    place, header, packed = len(SIGNATURE), b"", b""
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        body = png[place + 8 : place + 8 + length]
        header, packed = (body, packed) if kind == b"IHDR" else (header, packed + body * (kind == b"IDAT"))
        place += length + 12
    again = zlib.compress(zlib.decompress(packed), 9)
    parts = ((b"IHDR", header), (b"IDAT", min(again, packed, key=len)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


if __name__ == "__main__":
    main()
