"""Scratch databases of cases: the world is built once, and cloned where a case really commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql

from bandstand.config.cases.clock import prefer_clock
from bandstand.config.rehearsals import scratch


@contextmanager
def undone() -> Iterator[None]:
    """Run a case in one transaction and undo it: what it wrote was never there."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def cloned() -> Iterator[None]:
    """Point Django at a copy of the database it points at, and drop the copy afterwards."""
    settings = connection.settings_dict
    home, copy = str(settings["NAME"]), f"bandstand_case_{uuid4().hex[:12]}"
    connections.close_all()
    _run("create database {} template {}", copy, home)
    settings["NAME"] = copy
    try:
        prefer_clock()
        yield
    finally:
        connections.close_all()
        settings["NAME"] = home
        _run("drop database if exists {} with (force)", copy)


def _run(statement: str, *names: str) -> None:
    # From the maintenance database: a database is neither copied nor dropped from within.
    address = psycopg.conninfo.make_conninfo(scratch.dsn(), dbname="postgres")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
