"""Jobs of the rights room: ask whether credentials, lists and domains still stand."""

from functools import partial
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.plumbing import clock
from bandstand.rights.fetching import FetchLimits, fetch
from bandstand.rights.rules.credentials.statuses import LIST_COMPACT_MAX
from bandstand.rights.services import list_rounds, statuses
from bandstand.rights.services.documents import remind_of_ends

LIST_LIMITS: Final = FetchLimits(bytes_max=LIST_COMPACT_MAX, media_types=())
"""A status list may be served under several media types; its signature says what it is."""


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="rights.refresh_statuses")
def refresh_statuses(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Ask for every status list that is due, and do what they say."""
    now = clock.now()
    statuses.refresh_statuses(fetch=partial(fetch, now=now, limits=LIST_LIMITS), now=now)


@app.task
def check_statuses(credential_id: str) -> None:
    """Ask for the status lists of one credential that was just presented."""
    now = clock.now()
    statuses.refresh_statuses(
        fetch=partial(fetch, now=now, limits=LIST_LIMITS),
        now=now,
        credential_id=UUID(credential_id),
    )


@app.periodic(cron="23 6 * * *")
@app.task(queueing_lock="rights.remind_of_ends")
def remind_of_document_ends(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Write to the sellers whose documents soon prove nothing any more."""
    remind_of_ends(now=clock.now())


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="rights.read_lists")
def read_lists(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Read every brand's list that was not read for an hour."""
    list_rounds.read_lists(now=clock.now())


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="rights.check_domains")
def check_domains(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the tick
    """Look again at every domain that was not looked at for a day."""
    list_rounds.check_domains(now=clock.now())
