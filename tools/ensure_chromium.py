"""
Finds a Chromium for the browser journeys, installing one where it may.

Order: BANDSTAND_CHROMIUM, a system Chromium or Chrome, Playwright's own, then the system's packages
when we are root, then `playwright install`. Prints the path; exit 1 says what to do by hand.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "libatomic1")
"""Playwright's own driver links libatomic, which a lean Debian does not have."""
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
    own = own_browser()
    return own if own and Path(own).exists() else None


def own_browser() -> str | None:
    """Return where Playwright keeps its own browser; None if its driver does not start."""
    try:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path
    except Exception:  # noqa: BLE001 -- whatever keeps it from starting, it does not drive
        return None


def install() -> None:
    """Install one, by the system's packages or by Playwright, whose own host many cannot reach."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quietly("apt-get", "update")
        quietly("apt-get", "install", "-y", *PACKAGES)
    if find() is None:
        quietly(sys.executable, "-m", "playwright", "install", "chromium")


def quietly(*command: str) -> None:
    """Run a command whose failure is not the end: what counts is whether a browser is there."""
    nowhere = subprocess.DEVNULL
    unasked = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 -- fixed words
            command, stdout=nowhere, stderr=nowhere, check=False, timeout=600, env=unasked
        )


def main() -> int:
    if find() is None or own_browser() is None:
        install()
    path = find()
    if path is None or own_browser() is None:
        print("No Chromium to drive. On Debian: apt install chromium libatomic1; elsewhere install")
        print("one and set BANDSTAND_CHROMIUM to its path.")
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
