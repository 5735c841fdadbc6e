"""
What the demo's sellers state of themselves, and a letter that waits to be read: all invented.

Northgate has stated everything and most of it is checked; Harbor's waits for a person; Pacific Cell
has left out what the law asks next. So the console has something to look at.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.config.demo.people import ACCOUNTS, HARBOR, NORTHGATE, PACIFIC_CELL, PASSWORD
from bandstand.parties import services as parties
from bandstand.parties.queries.identity import identity_of
from bandstand.parties.rules.identity import CheckVerdict
from bandstand.parties.rules.identity_specs import SPECS, IdentityName
from bandstand.rights.queries.documents import documents_of
from bandstand.rights.rules import Condition, GrantScope
from bandstand.rights.rules.documents import DocumentClaim, DocumentKind, last_instant
from bandstand.rights.services.documents import submit_document

STAFF: Final = "ada@lark.example"
SOURCE: Final = "Invented for the demo"
ROUTING: Final = "110000000"  # a number that payment sandboxes use; no bank has it
LETTER_AGE: Final = timedelta(days=20)
LETTER: Final = (
    "Motorola (demo brand desk) authorises Harbor Phones LLC to sell its phones, new,",
    "in the United States. Invented for the demo.",
)


@dataclass(frozen=True, slots=True)
class DemoIdentity:
    """What one seller states, by whom, and which fields are checked already."""

    seller: str
    email: str
    stated: Mapping[IdentityName, str]
    checked: frozenset[IdentityName] = frozenset()


IDENTITIES: Final = (
    DemoIdentity(
        NORTHGATE,
        "nora@northgate.example",
        {
            IdentityName.LEGAL_NAME: "Northgate Devices Inc",
            IdentityName.ADDRESS: "500 Example Avenue, Suite 4, Albany, NY 12207, United States",
            IdentityName.ADDRESS_USE: "business",
            IdentityName.EMAIL: "orders@northgate.example",
            IdentityName.PHONE: "+1 518 555 0142",
            IdentityName.TAX_ID: "US 12-3456789",
            IdentityName.BANK_ACCOUNT: f"{ROUTING} 000123456789, Northgate Devices Inc",
            IdentityName.SELF_CERTIFICATION: "committed",
        },
        frozenset({IdentityName.LEGAL_NAME, IdentityName.ADDRESS, IdentityName.EMAIL}),
    ),
    DemoIdentity(
        HARBOR,
        "hal@harbor.example",
        {
            IdentityName.LEGAL_NAME: "Harbor Phones LLC",
            IdentityName.ADDRESS: "12 Sample Pier, Portland, ME 04101, United States",
            IdentityName.EMAIL: "hello@harbor.example",
            IdentityName.PHONE: "+1 207 555 0117",
        },
    ),
    DemoIdentity(
        PACIFIC_CELL,
        "pia@pacific-cell.example",
        {
            IdentityName.LEGAL_NAME: "Pacific Cell Trading Ltd",
            IdentityName.EMAIL: "trade@pacific-cell.example",
        },
    ),
)


def identities_are_stated(*, keys: Mapping[str, UUID], now: datetime) -> None:
    """State what the sellers say of themselves, and check some of it; idempotent."""
    for one in IDENTITIES:
        if identity_of(keys[one.seller]):
            continue
        for name, text in one.stated.items():
            statement = parties.state_identity(
                party_id=keys[one.seller],
                name=name,
                text=text,
                source=SOURCE,
                person_id=_person(one.email),
                now=now,
            )
            if name in one.checked:
                parties.check_identity(
                    statement_id=statement,
                    verdict=CheckVerdict.ACCEPTED,
                    method=SPECS[name].methods[0],
                    source=SOURCE,
                    reason="It agrees with what was stated (demo).",
                    person_id=_person(STAFF),
                    now=now,
                )


def letter_waits(*, keys: Mapping[str, UUID], now: datetime) -> None:
    """Let Harbor show a letter that waits for two readers; once."""
    if documents_of(keys[HARBOR]):
        return
    brand = catalogue.brand_by_slug("motorola")
    phones = next(one.id for one in catalogue.categories() if one.slug == "phone")
    written: date = (now - LETTER_AGE).date()
    submit_document(
        seller_id=keys[HARBOR],
        person_id=_person("hal@harbor.example"),
        content=letter_pdf(LETTER),
        file_name="motorola-letter.pdf",
        claim=DocumentClaim(
            kind=DocumentKind.LETTER,
            scope=GrantScope(
                brands=frozenset({brand.id}),
                categories=frozenset({phones}),
                markets=frozenset({"US"}),
                conditions=frozenset({Condition.NEW}),
            ),
            letter_date=written,
            from_at=datetime.combine(written, time(), tzinfo=UTC),
            until_at=last_instant(written),
            issuer_brand_id=brand.id,
            issuer_party_id=None,
            parent_id=None,
        ),
        now=now,
    )


def letter_pdf(lines: tuple[str, ...]) -> bytes:
    """Return a page that shows the lines, as a PDF."""
    shown = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj T*" for line in lines)
    body = zlib.compress(f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode("cp1252"))
    font = b"<</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>"
    objects = (
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources "
        + font
        + b">>",
        b"<</Filter /FlateDecode /Length %d>>\nstream\n" % len(body) + body + b"\nendstream",
    )
    written, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    end = b"trailer\n<</Size 5 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + table + end


def _person(email: str) -> UUID:
    name = next(one.name for one in ACCOUNTS if one.email == email)
    return parties.add_person(email=email, password=PASSWORD, full_name=name)
