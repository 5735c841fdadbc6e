"""Two sessions stepped through every order of their statements, each on a connection of its own."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import combinations
from typing import Any, Self

import psycopg

WAIT_SECONDS_MAX = 10


class Session:
    """One connection whose statements run one after another, in the background if they wait."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._pid = self._connection.info.backend_pid
        self._watch = psycopg.connect(dsn, autocommit=True)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._steps: list[Future[None]] = []
        self.sqlstate: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()
        self._connection.close()
        self._watch.close()

    def step(self, statement: str, words: dict[str, Any]) -> None:
        """Run a statement and return when it is done or waits for a lock."""
        self._steps.append(self._thread.submit(self._run, statement, words))
        self.settle()

    def settle(self) -> None:
        """Return when everything so far is done or the session waits for a lock."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not all(step.done() for step in self._steps) and not self.is_waiting:
            assert time.monotonic() < deadline, "neither done nor waiting"
            time.sleep(0.001)

    def finish(self) -> None:
        """Wait for everything, and raise what was not a refusal of the database."""
        for step in self._steps:
            step.result(timeout=WAIT_SECONDS_MAX)

    @property
    def is_waiting(self) -> bool:
        row = self._watch.execute(
            "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s", [self._pid]
        ).fetchone()
        return bool(row and row[0])

    def _run(self, statement: str, words: dict[str, Any]) -> None:
        try:
            self._connection.execute(statement, words)
        except psycopg.Error as error:
            # What comes after a refusal in one transaction is refused too; the first counts.
            self.sqlstate = self.sqlstate or error.sqlstate


def schedules(first: int, second: int) -> Iterator[tuple[int, ...]]:
    """Return every order of two sessions' steps: 0 lets the first go on, 1 the second."""
    for turns in combinations(range(first + second), second):
        yield tuple(int(at in turns) for at in range(first + second))


def run_schedule(
    schedule: tuple[int, ...],
    *,
    sessions: tuple[Session, Session],
    scripts: tuple[Sequence[tuple[str, dict[str, Any]]], Sequence[tuple[str, dict[str, Any]]]],
) -> None:
    """Step both sessions through one order of their statements."""
    left = [list(script) for script in scripts]
    for turn in schedule:
        sessions[turn].step(*left[turn].pop(0))
        sessions[1 - turn].settle()
    for session in sessions:
        session.finish()
