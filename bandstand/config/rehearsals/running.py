"""A whole running shop on a scratch database: web server and worker, for journeys and benches."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import psycopg

from bandstand.config.database_role import APP_ROLE
from bandstand.config.rehearsals.scratch import scratch_database

READY_SECONDS_MAX: Final = 120
BIN: Final = Path(sys.executable).parent


class ShopDidNotOpenError(RuntimeError):
    """The running shop never became ready."""


@dataclass(frozen=True, slots=True)
class RunningShop:
    """Where a running shop answers, and the database it runs on."""

    base_url: str
    dsn: str
    environment: dict[str, str]

    def command(self, *words: str) -> None:
        """Give the shop a command, as its operator would in a terminal: as the database's owner."""
        _run({**self.environment, "DATABASE_ROLE": ""}, *words)


@contextmanager
def running_shop(*, workers: int = 2) -> Iterator[RunningShop]:
    """Fill a scratch database with the demo shop, run it, and end it all afterwards."""
    with scratch_database() as dsn, tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {
            **os.environ,
            "CLOCK_FILE": str(Path(folder) / "clock-ahead"),
            "ENV": "development",
            "DJANGO_SETTINGS_MODULE": "bandstand.config.settings",
            "DATABASE_URL": database_url(dsn),
            "PORT": str(port),
            "BASE_URL": f"http://localhost:{port}",
            "DEMO": "1",
            "EMAIL_URL": "memory:",
            "LOG_LEVEL": "ERROR",
        }
        # In processes of their own: this one may run under other settings than the shop does.
        _run(environment, "demo", "fill")
        _run(environment, "manage", "collectstatic", "--noinput", "--verbosity=0")
        environment["DATABASE_ROLE"] = APP_ROLE
        with _processes(environment, port=port, workers=workers):
            yield RunningShop(base_url=f"http://localhost:{port}", dsn=dsn, environment=environment)


def database_url(dsn: str) -> str:
    """Return a connection string as the URL that the settings read."""
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    host = quote(str(parts.get("host", "")), safe="")
    login = quote(str(parts.get("user", "postgres")))
    if parts.get("password"):
        login += ":" + quote(str(parts["password"]), safe="")
    port = f"&port={parts['port']}" if parts.get("port") else ""
    return f"postgresql://{login}@/{parts['dbname']}?host={host}{port}"


def _run(environment: dict[str, str], *words: str) -> None:
    command = [str(BIN / "bandstand"), *words]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own commands


@contextmanager
def _processes(environment: dict[str, str], *, port: int, workers: int) -> Iterator[None]:
    web = [
        str(BIN / "granian"),
        "--interface=wsgi",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--workers={workers}",
        "--blocking-threads=4",
        "--no-ws",
        "--log-level=error",
        "bandstand.config.wsgi:application",
    ]
    running = [
        subprocess.Popen(command, env=environment)  # noqa: S603 -- our own commands
        for command in (web, [str(BIN / "bandstand"), "worker"])
    ]
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/healthz/ready")
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=15)


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    last = "no answer"
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(url, timeout=2)
            last = answer.text
            if answer.status_code == httpx.codes.OK:
                return
        except httpx.HTTPError as error:
            last = repr(error)
        time.sleep(0.2)
    raise ShopDidNotOpenError(f"{url} was not ready after {READY_SECONDS_MAX} s: {last}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
