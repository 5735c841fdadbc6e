"""
The demo's brand desks answer: yes, the grants still stand.

A grant proved by a list or a credential is only as good as its last check, which is a day at most.
A real shop asks the brands; the demo's brands are invented, so their answer is too.
"""

from datetime import datetime

from bandstand.catalogue import queries as catalogue
from bandstand.config.demo.rights_world import ACTOR
from bandstand.rights import queries, services


def brand_desks_answer(*, now: datetime) -> int:
    """Confirm every grant that nobody has revoked; return how many."""
    brands = [row.id for row in catalogue.brands()]
    standing = [grant for grant in queries.grants_over(brands) if grant.revoked_at is None]
    for grant in standing:
        services.confirm_status(grant_id=grant.id, actor=ACTOR, now=now)
    return len(standing)
