"""Rounds: every list that is due is read, every domain that is due is looked at."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from bandstand.kernel.errors import DomainError
from bandstand.rights.queries.lists import due_domains, due_party_domains, due_sources
from bandstand.rights.services.domains import check_domain, check_party_domain
from bandstand.rights.services.lists import fetch_list

logger = structlog.get_logger(__name__)

LIST_EVERY: Final = timedelta(hours=1)
DOMAIN_EVERY: Final = timedelta(days=1)
EARLY: Final = timedelta(minutes=5)
"""A round begins a little after its tick; what is due within this is done with it."""


def read_lists(*, now: datetime) -> int:
    """Read every list that was not tried for an hour; return how many were tried."""
    due = due_sources(before=now - LIST_EVERY + EARLY)
    return _each(due, deed=lambda one: fetch_list(source_id=one, now=now))


def check_domains(*, now: datetime) -> int:
    """Look at every standing domain that was not looked at for a day; return how many were."""
    before = now - DOMAIN_EVERY + EARLY
    return _each(
        due_domains(before=before), deed=lambda one: check_domain(domain_id=one, now=now)
    ) + _each(
        due_party_domains(before=before),
        deed=lambda one: check_party_domain(domain_id=one, now=now),
    )


def _each(keys: Iterable[UUID], *, deed: Callable[[UUID], object]) -> int:
    done = 0
    for key in keys:
        try:
            deed(key)
        except DomainError as refused:
            # One brand's trouble must not keep the next brand's list from being read.
            logger.warning("rights.round_refused", key=str(key), code=refused.code)
        done += 1
    return done
