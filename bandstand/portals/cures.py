"""Where each thing that is missing can be mended: from a reason's code to a place in the portal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

IDENTITY: Final = "SELLER_"
GRANT: Final = ("AUTH_", "LIST_", "BRAND_NO_CHANNEL")
UNIT: Final = ("PROVENANCE_", "UNIT_", "FIRST_SALE", "SERIAL_")
OFFER: Final = ("BRAND_AMBIGUOUS", "BRAND_CONFUSABLE", "CATEGORY_", "VARIANT_")
LABEL: Final = ("LABEL_", "WARNING_")
APPROVAL: Final = ("APPROVAL_", "EPREL_", "RESPONSIBLE_", "NETWORK_CERT")
LEVEL_BELOW_DOCUMENT: Final = frozenset({"AUTH_LEVEL_TOO_LOW"})


@dataclass(frozen=True, slots=True)
class CureLink:
    """A place where something that is missing can be mended."""

    label: str
    url: str


def cure_links(code: str, *, offer_public_id: str, support_email: str) -> tuple[CureLink, ...]:
    """Return where a seller can mend what a reason names; nothing for what only time mends."""
    if code.startswith(IDENTITY):
        return (CureLink("State who you are", reverse("portals:identity")),)
    if code.startswith(GRANT):
        return tuple(_proofs(code, offer_public_id=offer_public_id))
    if code.startswith(LABEL):
        here = reverse("portals:label", args=[offer_public_id])
        return (CureLink("Show the label", here),)
    if code.startswith((*UNIT, *OFFER, *APPROVAL)):
        subject = f"mailto:{support_email}?subject={offer_public_id}"
        return (CureLink("Send us the proof", subject),)
    return ()


def _proofs(code: str, *, offer_public_id: str) -> Iterator[CureLink]:
    credential = _credential_url()
    if credential:
        yield CureLink("Present a credential", credential)
    if code not in LEVEL_BELOW_DOCUMENT:
        yield CureLink(
            "Show a letter", f"{reverse('portals:new_document')}?offer={offer_public_id}"
        )


def _credential_url() -> str:
    try:
        return reverse("portals:present_credential")
    except NoReverseMatch:  # an installation that takes no credentials
        return ""
