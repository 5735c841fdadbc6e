"""
Sees to what agreements are drawn with: Pango and its friends, which come with the system.

Installs them from the system's packages when we are root; without them the shop draws no PDF and
says so, so that this never fails.
"""

import contextlib
import os
import shutil
import subprocess
import sys

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
TRY = (sys.executable, "-c", "import weasyprint")


def can_draw() -> bool:
    """Say whether this machine can draw a PDF."""
    return subprocess.run(TRY, capture_output=True, check=False).returncode == 0  # noqa: S603 -- fixed words


def main() -> int:
    if not can_draw() and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (("apt-get", "update"), ("apt-get", "install", "-y", *PACKAGES)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(command, capture_output=True, check=False, timeout=600)  # noqa: S603 -- fixed words
    print("PDFs can be drawn." if can_draw() else "No Pango here: agreements stay pages, no PDF.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
