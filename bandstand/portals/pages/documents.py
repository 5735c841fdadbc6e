"""A seller's documents: what was shown as proof, how it stands, what would mend it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import bound_cell, bound_text, instant_text, plural, time_cell
from bandstand.portals.desk import Desk
from bandstand.rights import access
from bandstand.rights.queries.documents import DocumentRow
from bandstand.rights.rules.documents import DocumentMove, DocumentState

STATES: Final = {
    DocumentState.WAITING: ("Waits for two readers", "info"),
    DocumentState.HALF: ("Read by one, waits for a second", "info"),
    DocumentState.ACCEPTED: ("Accepted", "good"),
    DocumentState.REFUSED: ("Not accepted", "bad"),
    DocumentState.WITHDRAWN: ("Withdrawn", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerDocument:
    """One of the seller's own documents."""

    title: str
    word: str
    kind: str
    facts: tuple[Fact, ...]
    reason: str
    cure: str
    withdraw_url: str
    again_url: str


def documents_page(desk: Desk) -> Listing:
    """Return the seller's own documents."""
    found = access.visible_documents(desk.actor)
    return Listing(
        title="Documents",
        lead=(
            "Letters, contracts and invoices as proof of a right to sell. Two people read each and "
            "ask its issuer; it proves for twelve months at most."
        ),
        table=Table(
            caption="Your documents",
            note=plural(len(found), "document"),
            columns=plain_headings(
                Column("Document"), Column("State"), Column("Issued by"), Column("For"),
                Column("Ends"), Column("Sent"),
            ),
            rows=tuple(_row(one, zone=desk.zone) for one in found),
        ),
        pages=ONE_PAGE,
        action_url="/portals/seller/documents/new/",
        action_label="Show a document",
        empty_title="No document yet",
        empty_text="Show a letter or a contract if you cannot present a credential.",
    )  # fmt: skip


def document_page(document_id: UUID, *, desk: Desk) -> SellerDocument:
    """
    Return one of the seller's own documents.

    Raises: DocumentNotFoundError.
    """
    row = access.document_for(desk.actor, document_id)
    word, kind = STATES[row.state]
    refusal = next((one for one in row.reviews if one.verdict is DocumentMove.REFUSE), None)
    here = f"/portals/seller/documents/{row.id}/"
    return SellerDocument(
        title=f"{row.kind.value.capitalize()} of {row.issuer}",
        word=word,
        kind=kind,
        facts=claim_facts(row, zone=desk.zone),
        reason=refusal.reason if refusal else "",
        cure=refusal.cure if refusal else "",
        withdraw_url=f"{here}withdraw/" if row.is_open else "",
        again_url="" if row.is_open else "/portals/seller/documents/new/",
    )


def claim_facts(row: DocumentRow, *, zone: str) -> tuple[Fact, ...]:
    """Return what a document is said to permit, in words."""
    return (
        Fact("File", f"{row.file_name}, {row.byte_count:,} bytes"),
        Fact("Issued by", row.issuer),
        Fact("Dated", f"{row.letter_date:%d %b %Y}"),
        Fact("Brands", ", ".join(row.brands)),
        Fact("Kinds", ", ".join(row.categories)),
        Fact("Models", ", ".join(row.models) or "every model"),
        Fact("Markets", ", ".join(row.markets)),
        Fact("Condition", ", ".join(row.conditions)),
        Fact("Permits until", bound_text(row.until_at, zone="UTC")),
        Fact("Sent", instant_text(row.uploaded_at, zone=zone)),
    )


def _row(one: DocumentRow, *, zone: str) -> Row:
    word, kind = STATES[one.state]
    return Row(
        url=f"/portals/seller/documents/{one.id}/",
        cells=(
            Cell(one.kind.value.capitalize(), note=one.file_name),
            pill(word, kind),
            Cell(one.issuer),
            Cell(f"{', '.join(one.brands)} in {', '.join(one.markets)}"),
            bound_cell(one.until_at, zone="UTC"),
            time_cell(one.uploaded_at, zone=zone),
        ),
    )
