"""The money drill keeps its promise, and notices when it is broken."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from bandstand.config.rehearsals.running import database_url
from bandstand.config.rehearsals.scratch import dsn

pytestmark = pytest.mark.race
BIN = Path(sys.executable).parent


def drill(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the drill as a process of its own: it changes itself, and forks."""
    settings = connections["default"].settings_dict
    home, settings["NAME"] = settings["NAME"], "postgres"
    address = database_url(dsn())
    settings["NAME"] = home
    return subprocess.run(  # noqa: S603 -- our own command
        [str(BIN / "bandstand"), "money", "drill", *words],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bandstand.config.settings",
            "DATABASE_URL": address,
        },
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("django_db_modify_db_settings")
def test_no_money_is_lost_doubled_or_unexplained() -> None:
    done = drill("--plans", "10", "--seed", "7", "--json")

    report = json.loads(done.stdout)  # the report, and nothing else
    assert done.returncode == 0, report
    assert report["plans"] == report["settled"] + report["cancelled"] + report["charged_off"]
    faults = ("lost", "doubled", "unexplained", "unbalanced", "unfinished", "stuck")
    assert [report[name] for name in faults] == [0] * len(faults)


@pytest.mark.usefixtures("django_db_modify_db_settings")
def test_drill_fails_where_every_report_is_believed() -> None:
    # A killed worker may end a run before a report came twice; three bad days in a row never do.
    seeds = ("7", "8", "9")
    ends = (drill("--plans", "25", "--seed", seed, "--without-dedupe") for seed in seeds)

    assert any(end.returncode == 1 for end in ends)
