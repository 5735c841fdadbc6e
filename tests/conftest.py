"""The database the tests run on: the embedded server, one database a test process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django
from django.db import connections

from bandstand.config.embedded import start_embedded
from bandstand.config.rehearsals import scratch

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where CI skips a test: what was not run was not shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001 -- runs after xdist's suffix
) -> None:
    """Point Django at a PostgreSQL of the tests' own, unless the environment names one."""
    settings = connections["default"].settings_dict
    if not os.environ.get("DATABASE_URL"):
        server = start_embedded(ROOT / "var" / "test", is_throwaway=True)
        settings["HOST"] = str(server.get_postmaster_info().socket_dir)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    settings["TEST"]["NAME"] = f"test_{os.environ.get('BANDSTAND_TEST_DB', os.getpid())}{worker}"


@pytest.fixture
def scratch_database(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[str]:
    """Give a test a fresh database whose commits are real; yields its connection string."""
    with django_db_blocker.unblock(), scratch.scratch_database() as address:
        yield address
