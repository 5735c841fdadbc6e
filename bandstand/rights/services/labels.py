"""Labels on goods that differ: a seller shows a photograph and says in the listing what differs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import vault
from bandstand.parties.rules.files import MediaType, examine
from bandstand.plumbing import audit
from bandstand.rights.models import LabelEvidence
from bandstand.rights.queries.labels import differences_of
from bandstand.rights.rules.labels import unsaid
from bandstand.rights.services.evidence import EvidenceWordsError, record_label

LISTING_TEXT_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class LabelPhoto:
    """A photograph, and a name of our own making for it."""

    content: bytes
    name: str


@transaction.atomic
def show_label(  # noqa: PLR0913 -- a label has these parts
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    content: bytes,
    file_name: str,
    listing_text: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Take a photograph of the label on a seller's goods, with the words for the listing.

    It speaks for all of the seller's stock of the variant. The photograph goes to the vault.

    Raises: FileRefusedError, EvidenceWordsError naming the field, NotFoundError.
    """
    what = differences_of(variant_id, market=market)
    if not what:
        raise EvidenceWordsError(
            "This variant is not on record as different from the one made for the market, so it "
            "needs no label."
        )
    _require_words(listing_text, what=what)
    file = examine(content, name=file_name)
    if file.media_type is MediaType.PDF:
        raise EvidenceWordsError(
            "A label is shown by a photograph: a PNG or a JPEG, no PDF.", field="file"
        )
    vault.keep(content)
    return record_label(
        seller_id=seller_id,
        variant_id=variant_id,
        market=market,
        photo_sha256=file.sha256,
        listing_text=listing_text,
        actor=actor,
        now=now,
    )


def open_label_photo(*, label_id: UUID, actor: str, now: datetime) -> LabelPhoto:
    """
    Return the photograph of a label, and note who opened it.

    Raises: NotFoundError, NotInVaultError for one that was recorded without its file.
    """
    row = LabelEvidence.objects.filter(pk=label_id).first()
    if row is None:
        raise NotFoundError("There is no such label.")
    content = vault.fetch(row.photo_sha256)
    file = examine(content, name="label")
    audit.record(
        actor=actor,
        action="rights.label_opened",
        subject=print_id(IdKind.VARIANT, row.variant_id),
        now=now,
        photo=row.photo_sha256,
    )
    ending = MediaType(file.media_type).extension
    return LabelPhoto(content, f"label-{row.photo_sha256[:8]}.{ending}")


def _require_words(text: str, *, what: tuple[str, ...]) -> None:
    if len(text) > LISTING_TEXT_MAX:
        raise EvidenceWordsError(
            f"Keep it under {LISTING_TEXT_MAX} characters.", field="listing_text"
        )
    missing = unsaid(text, what=what)
    if missing:
        raise EvidenceWordsError(
            f"The words leave out in what it differs: {', '.join(missing)}. Name each of them.",
            field="listing_text",
            missing=missing,
        )
