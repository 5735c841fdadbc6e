"""
Scratch databases: a fresh, migrated shop that is dropped afterwards.

Migrating takes seconds and cloning a template a tenth of one, so the migrated template is kept,
named by the hash of every migration; a changed migration makes another.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from bandstand.config.database_role import grant_app_role

PACKAGE: Final = Path(__file__).resolve().parents[2]
TEMPLATE_LOCK: Final = 4_862_001  # any fixed number: two processes must not build one template


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point Django's default connection at a fresh database and yield its connection string."""
    settings = connections["default"].settings_dict
    home = str(settings["NAME"])
    name = f"bandstand_scratch_{uuid4().hex[:12]}"
    connections.close_all()
    with _maintenance() as server:
        template = _template(server)
        _execute(server, "create database {} template {}", name, template)
    settings["NAME"] = name
    # Its guard goes by the world's clock, whatever the demo of this installation goes by.
    demo_clock, django_settings.CLOCK_FILE = django_settings.CLOCK_FILE, ""
    try:
        yield dsn()
    finally:
        django_settings.CLOCK_FILE = demo_clock
        connections.close_all()
        settings["NAME"] = home
        with _maintenance() as server:
            _execute(server, "drop database if exists {} with (force)", name)


def dsn() -> str:
    """Return the connection string of the database that Django points at now."""
    parameters = dict(connections["default"].get_connection_params())
    wanted = {
        key: parameters[key]
        for key in ("dbname", "host", "port", "user", "password")
        if parameters.get(key)
    }
    return psycopg.conninfo.make_conninfo("", **wanted)


@contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    settings = connections["default"].settings_dict
    home, settings["NAME"] = settings["NAME"], "postgres"
    try:
        address = dsn()
    finally:
        settings["NAME"] = home
    with psycopg.connect(address, autocommit=True) as server:
        yield server


def _template(server: psycopg.Connection) -> str:
    name = f"bandstand_template_{_migrations_hash()}"
    server.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
    try:
        if not _exists(server, name):
            _build_template(server, name)
    finally:
        server.execute("select pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
    return name


def _build_template(server: psycopg.Connection, name: str) -> None:
    # Built under another name and renamed, so that a crash half-way leaves no template that lacks
    # tables.
    rough = f"{name}_rough"
    _execute(server, "drop database if exists {} with (force)", rough)
    _execute(server, "create database {}", rough)
    settings = connections["default"].settings_dict
    home, settings["NAME"] = settings["NAME"], rough
    try:
        call_command("migrate", verbosity=0)
        grant_app_role()
    finally:
        connections.close_all()
        settings["NAME"] = home
    _execute(server, "alter database {} rename to {}", rough, name)


def _exists(server: psycopg.Connection, name: str) -> bool:
    found = server.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    return found is not None


def _execute(server: psycopg.Connection, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _migrations_hash() -> str:
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.glob("*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
