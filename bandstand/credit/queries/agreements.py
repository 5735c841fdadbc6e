"""Accepted agreements, as the buyer and the console read them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.credit.models import Agreement, Plan


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An accepted agreement: its page, its hash, and its PDF if one was drawn."""

    id: UUID
    html: str
    sha256: str
    accepted_by: str
    accepted_at: datetime
    pdf: bytes | None
    pdf_sha256: str


def agreement_of_line(order_line_id: UUID) -> AgreementRow | None:
    """Return the agreement of an order line's plan; an outright sale has none."""
    disclosures = Plan.objects.filter(order_line_id=order_line_id).values("disclosure_id")
    row = Agreement.objects.filter(disclosure_id__in=disclosures).select_related("pdf").first()
    if row is None:
        return None
    pdf = getattr(row, "pdf", None)
    return AgreementRow(
        id=row.id,
        html=row.html,
        sha256=row.sha256,
        accepted_by=row.accepted_by,
        accepted_at=row.accepted_at,
        pdf=bytes(pdf.content) if pdf else None,
        pdf_sha256=pdf.sha256 if pdf else "",
    )


def agreement_id_of_disclosure(disclosure_id: UUID) -> UUID | None:
    """Return the agreement that was accepted on a disclosure."""
    accepted = Agreement.objects.filter(disclosure_id=disclosure_id)
    return accepted.values_list("id", flat=True).first()
