"""A rights store that cannot be read: its table is out of reach in the scratch database."""

from typing import Final

from django.db import connection

from bandstand.config.cases.fields import Part

DOWN: Final = ("down", "unavailable", "unreachable", "offline")
AWAY: Final = "alter table if exists rights_grant rename to rights_grant_out_of_reach"
BACK: Final = "alter table if exists rights_grant_out_of_reach rename to rights_grant"
NAMES: Final = ("rights_store", "rights", "store")


def take_rights_away(words: Part) -> None:
    """Take the rights store away if the case says that it is down."""
    named = [words.raw(name) for name in NAMES if name in words]
    faults = words.texts("faults") if "faults" in words else ()
    if any(state in DOWN or state is False for state in named) or any(
        fault.partition(":")[0] in NAMES or fault == "RIGHTS_STORE_UNAVAILABLE" for fault in faults
    ):
        rights_away()


def rights_away() -> None:
    """Put the grants where nobody finds them."""
    with connection.cursor() as cursor:
        cursor.execute(AWAY)


def rights_back() -> None:
    """Put the grants back."""
    with connection.cursor() as cursor:
        cursor.execute(BACK)
