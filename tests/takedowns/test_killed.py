import os
import signal
import subprocess
import sys
import time
from uuid import UUID

import pytest

from bandstand.config.rehearsals.running import database_url
from bandstand.ledger import queries as ledger
from bandstand.payments.models import Refund
from bandstand.plumbing.models import Letter
from bandstand.takedowns import queries
from bandstand.takedowns.models import Case
from bandstand.takedowns.rules import CaseState
from tests.factories import offers, orders, takedowns

pytestmark = pytest.mark.race

ORDERS = 12
WALK = """
import sys
from uuid import UUID
import django
django.setup()
from bandstand.plumbing import clock
from bandstand.takedowns import services
services.run_aftermath(hold_id=UUID(sys.argv[1]), now=clock.now(), chunk=1)
"""


def test_a_walk_killed_by_the_system_is_walked_to_its_end(scratch_database: str) -> None:
    orders.shop()
    offer = offers.offer(units=ORDERS)
    for _ in range(ORDERS):
        orders.paid(offer)
    hold_id = takedowns.stopped(offer)

    kill_midway(hold_id, dsn=scratch_database)
    left = Case.objects.filter(state=CaseState.OPEN.value).count()
    takedowns.walked(hold_id)

    assert 0 < left < ORDERS
    assert queries.is_everyone_whole(hold_id).made_whole == ORDERS
    assert Refund.objects.count() == ORDERS
    assert Letter.objects.filter(kind="takedown_cancelled").count() == ORDERS
    assert ledger.imbalance() == 0


def kill_midway(hold_id: UUID, *, dsn: str) -> None:
    """Walk in a process of its own, and kill it -9 once it has begun with the cases."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bandstand.config.settings_test",
        "DATABASE_URL": database_url(dsn),
    }
    walk = subprocess.Popen([sys.executable, "-c", WALK, str(hold_id)], env=environment)  # noqa: S603 -- our own words
    begun = Case.objects.exclude(state=CaseState.OPEN.value)
    while not begun.exists() and walk.poll() is None:
        time.sleep(0.002)
    walk.send_signal(signal.SIGKILL)
    assert walk.wait() == -signal.SIGKILL
