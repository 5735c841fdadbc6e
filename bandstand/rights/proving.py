"""Looking for the proof that a domain is somebody's own: a TXT record, or a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bandstand.rights.fetching import FetchFault, FetchLimits, fetch
from bandstand.rights.resolving import NameUnresolvedError, txt_records
from bandstand.rights.rules.lists import DomainMethod
from bandstand.rights.rules.lists.asks import ask_of

SECONDS: Final = 5.0
FILE_LIMITS: Final = FetchLimits(
    bytes_max=4096, seconds=SECONDS, redirects_max=1, media_types=("text/plain",)
)


@dataclass(frozen=True, slots=True)
class Proof:
    """How a domain was shown to be somebody's own; without a method, why it was not."""

    method: DomainMethod | None
    fault: str = ""


def look_for_proof(domain: str, *, challenge: str, now: datetime) -> Proof:
    """Look for the challenge in the domain's TXT records, then in its file."""
    ask = ask_of(domain, challenge=challenge)
    wanted = ask.txt_value
    try:
        found = txt_records(ask.txt_name, seconds=SECONDS)
        record_fault = f"{ask.txt_name} has no TXT record with the challenge"
    except NameUnresolvedError as wrong:
        found, record_fault = (), wrong.message.rstrip(".")
    if wanted in (text.strip() for text in found):
        return Proof(DomainMethod.DNS_TXT)
    try:
        page = fetch(ask.file_url, now=now, limits=FILE_LIMITS)
    except FetchFault as wrong:
        return Proof(None, f"{record_fault}; {wrong.message}")
    lines = page.body.decode("utf-8", "replace").splitlines()
    if wanted in (line.strip() for line in lines):
        return Proof(DomainMethod.FILE)
    return Proof(None, f"{record_fault}; {page.url} does not hold the challenge.")
