"""A list looked at for whoever asks, from its text or its address; nothing is kept."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from bandstand.kernel.errors import BadInputError
from bandstand.rights.fetching import FetchFault, fetch
from bandstand.rights.rules.lists import WELL_KNOWN_LIST, ListProblem, normal_domain, parse_list
from bandstand.rights.rules.lists.inspecting import Inspection, inspect_list

EMPTY: Final = "There is nothing to look at. Give the list's text or its address."


def inspect_text(body: bytes, *, now: datetime) -> Inspection:
    """
    Look at the text of a list.

    Raises: BadInputError if there is none.
    """
    if not body.strip():
        raise BadInputError(EMPTY)
    return inspect_list(parse_list(body), now=now)


def inspect_address(address: str, *, now: datetime) -> Inspection:
    """
    Look at the list that a domain or an address gives. Call it outside any transaction.

    An address that gives nothing is an inspection with that one error.

    Raises: DomainNameError if a bare domain is malformed, BadInputError if there is none.
    """
    written = address.strip()
    if not written:
        raise BadInputError(EMPTY)
    url = written if "://" in written else f"https://{normal_domain(written)}{WELL_KNOWN_LIST}"
    try:
        fetched = fetch(url, now=now)
    except FetchFault as fault:
        return Inspection(None, (ListProblem(url[:300], fault.message),), ())
    host = urlsplit(fetched.final_url).hostname or ""
    return inspect_list(parse_list(fetched.body), now=now, host=host)
