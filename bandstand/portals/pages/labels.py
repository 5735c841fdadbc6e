"""A seller shows the label on goods that differ from those made for the market."""

from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.errors import NotFoundError
from bandstand.offers import access
from bandstand.offers.queries import OfferRow
from bandstand.plumbing.desk.tables import Cell, Column, Row, Table, plain_headings
from bandstand.plumbing.desk.words import plural, time_cell
from bandstand.portals.desk import Desk
from bandstand.portals.label_form import LabelForm
from bandstand.rights.queries.labels import LabelRow, differences_of, is_protected, labels_of
from bandstand.rights.rules.labels import LABEL_WORDS, warning_words


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPage:
    """What differs, what the label must say, what was shown already, and the form."""

    title: str
    what: tuple[str, ...]
    label_words: str
    """What the law has the label say; empty where customs do not protect the mark."""
    form: LabelForm
    shown: Table
    action_url: str
    back_url: str


def own_offer(offer_id: UUID, *, desk: Desk) -> OfferRow:
    """
    Return one of the seller's own offers of goods that differ.

    Raises: OfferNotFoundError; NotFoundError for goods that need no label.
    """
    row = access.offer_for_seller(desk.actor, offer_id)
    if row.seller_id != desk.party.id or not differences_of(row.variant_id, market=row.market):
        raise NotFoundError("There is no such offer of yours that needs a label.")
    return row


def label_form_for(row: OfferRow, *, desk: Desk) -> LabelForm:
    """Return an empty form with words that would do."""
    what = differences_of(row.variant_id, market=row.market)
    is_ruled = row.market == "US" and is_protected(row.variant_id, at=desk.now)
    return LabelForm(initial={"listing_text": warning_words(what, is_protected=is_ruled)})


def label_page(row: OfferRow, *, form: LabelForm, desk: Desk) -> LabelPage:
    """Return the page on which a seller shows a label."""
    shown = labels_of(seller_id=row.seller_id, variant_id=row.variant_id, market=row.market)
    is_ruled = row.market == "US" and is_protected(row.variant_id, at=desk.now)
    here = f"/portals/seller/offers/{row.public_id}/"
    return LabelPage(
        title=f"Show the label of {row.title}",
        what=differences_of(row.variant_id, market=row.market),
        label_words=LABEL_WORDS if is_ruled else "",
        form=form,
        shown=_shown(shown, zone=desk.zone),
        action_url=f"{here}label/",
        back_url=here,
    )


def _shown(rows: list[LabelRow], *, zone: str) -> Table:
    return Table(
        caption="Labels you have shown",
        note=plural(len(rows), "photograph"),
        columns=plain_headings(Column("Shown"), Column("By"), Column("The listing says")),
        rows=tuple(
            Row(
                (
                    time_cell(one.recorded_at, zone=zone),
                    Cell(one.recorded_by, note=f"SHA-256 {one.photo_sha256[:16]}…"),
                    Cell(one.listing_text or "–"),
                )
            )
            for one in rows
        ),
    )
