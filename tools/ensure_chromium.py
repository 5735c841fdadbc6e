"""
Finds a Chromium for the browser journeys, installing one where it may.

Order: BANDSTAND_CHROMIUM, a system Chromium or Chrome, Playwright's own, then `playwright install`, then
the system's packages when we are root. Prints the path; exit 1 says what to do by hand.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find() -> str | None:
    """Return the path of a browser that is there."""
    named = os.environ.get("BANDSTAND_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if Path(MAC).exists():
        return MAC
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], **quiet, timeout=300
    )  # noqa: S603 -- our own interpreter
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (["update"], ["install", "-y", "chromium"]):
            subprocess.run(["apt-get", *words], **quiet, timeout=600)  # noqa: S603, S607 -- fixed words


def main() -> int:
    if find() is None:
        install()
    path = find()
    if path is None:
        print("No Chromium. Install one (Debian: apt install chromium) or set BANDSTAND_CHROMIUM.")
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
