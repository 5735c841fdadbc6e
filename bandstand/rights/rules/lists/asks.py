"""What to publish on a domain so that it counts as one's own."""

from dataclasses import dataclass

from bandstand.rights.rules.lists.words import WELL_KNOWN_CHALLENGE


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainAsk:
    """A TXT record and a file; either of the two is enough."""

    txt_name: str
    txt_value: str
    file_url: str
    file_text: str


def ask_of(domain: str, *, challenge: str) -> DomainAsk:
    """Return what must be published on a domain."""
    value = f"bandstand-brand={challenge}"
    return DomainAsk(
        txt_name=f"_bandstand.{domain}",
        txt_value=value,
        file_url=f"https://{domain}{WELL_KNOWN_CHALLENGE}",
        file_text=value,
    )
