"""The supervisor against real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bandstand.config import supervisor
from bandstand.config.supervisor import Child, ChildKeepsDyingError

RUN = """
import sys
from bandstand.config.supervisor import Child, supervise
supervise([Child("one", (sys.executable, "-c", sys.argv[1]), {"PATH": ""})])
"""


def test_child_that_keeps_dying_ends_the_shop_with_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "BACKOFF_SECONDS", 0)
    child = Child("web", (sys.executable, "-c", "raise SystemExit(3)"), dict(os.environ))

    with pytest.raises(ChildKeepsDyingError, match=r"web ended .* code 3"):
        supervisor.supervise([child])


def test_child_that_died_is_started_again_and_interrupt_ends_all(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    child = (
        f"open({str(log)!r}, 'a').write('x'); import sys, time; "
        f"sys.exit(1) if open({str(log)!r}).read() == 'x' else time.sleep(60)"
    )
    whole = subprocess.Popen([sys.executable, "-c", RUN, child])  # noqa: S603 -- ourselves
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (not log.exists() or log.read_text() != "xx"):
        time.sleep(0.1)

    whole.send_signal(signal.SIGINT)

    assert whole.wait(timeout=15) == 0
    assert log.read_text() == "xx"
