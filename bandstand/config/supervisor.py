"""
Runs the shop's processes and keeps them running until told to stop.

A child that dies is started again, later each time; one that keeps dying ends the shop with its
name, so that a broken start is seen at once rather than looping unseen.
"""

import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

logger = structlog.get_logger(__name__)

POLL_SECONDS: Final = 0.2
GRACE_SECONDS: Final = 10
STARTS_MAX: Final = 5
BACKOFF_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Child:
    """One process: its name, command line and environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    starts: int = field(default=1)


class ChildKeepsDyingError(RuntimeError):
    """A process of the shop ends as soon as it starts."""


def supervise(children: Sequence[Child]) -> None:
    """
    Run the children until SIGINT or SIGTERM, then end them in order.

    Raises: ChildKeepsDyingError if one ended more often than it may.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    running = [_Running(child, _start(child)) for child in children]
    try:
        while not stopping.wait(POLL_SECONDS):
            for one in running:
                _revive(one, stopping)
    finally:
        _end(running)


def _start(child: Child) -> subprocess.Popen[bytes]:
    # Its own session, so that Ctrl-C reaches only us and we end the children in order.
    return subprocess.Popen(  # noqa: S603 -- our own commands, no shell
        child.command, env=dict(child.environment), start_new_session=True
    )


def _revive(one: _Running, stopping: threading.Event) -> None:
    code = one.process.poll()
    if code is None:
        return
    if one.starts >= STARTS_MAX:
        raise ChildKeepsDyingError(f"{one.child.name} ended {one.starts} times (last code {code}).")
    logger.error("child.ended", name=one.child.name, code=code, starts=one.starts)
    stopping.wait(BACKOFF_SECONDS * 2**one.starts)
    one.process = _start(one.child)
    one.starts += 1


def _end(running: Sequence[_Running]) -> None:
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
    for one in running:
        try:
            one.process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            logger.warning("child.killed", name=one.child.name)
            one.process.kill()
            one.process.wait()
