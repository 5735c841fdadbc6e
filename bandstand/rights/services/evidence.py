"""
Recording what else a sale must show: brands' names, product numbers, differences, labels, networks.

Every service may run twice with the same words and records them once. What a decision rests on
moves the epochs of its anchors on, by database triggers.
"""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from stdnum import ean

from bandstand.catalogue.models import Brand, DeviceModel, Network, Variant
from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties.models import Party
from bandstand.plumbing import audit
from bandstand.rights.models import (
    BrandName,
    LabelEvidence,
    LeverProtection,
    NetworkCertification,
    VariantDifference,
    VariantGtin,
)
from bandstand.rights.queries import market_fact
from bandstand.rights.rules import CertificationState, NameKind

GTIN_DIGITS: Final = 14
SHA256: Final = re.compile(r"[0-9a-f]{64}")


class EvidenceWordsError(BadInputError):
    """Evidence that says nothing as it is written."""

    code = "evidence_words"


@transaction.atomic
def name_brand(
    *,
    brand_id: UUID,
    text: str,
    kind: NameKind,
    actor: str,
    now: datetime,
    language: str = "",
    source: str = "",
) -> UUID:
    """
    Record a name or mark by which a brand goes, in any script.

    Raises: NotFoundError, EvidenceWordsError if the name is empty.
    """
    if not text.strip():
        raise EvidenceWordsError("A name has letters. Give it as the brand writes it.")
    _require_row(Brand, brand_id, what="brand")
    name, is_new = BrandName.objects.get_or_create(
        brand_id=brand_id,
        text=text.strip(),
        defaults={"kind": kind.value, "language": language, "source": source},
    )
    if is_new:
        _note("rights.brand_name", f"brand:{brand_id}", actor=actor, now=now, text=text)
    return name.id


@transaction.atomic
def number_variant(
    *, variant_id: UUID, gtin: str, actor: str, now: datetime, source: str = ""
) -> UUID:
    """
    Record the product number (GTIN) of a variant, in whatever length it is printed.

    Raises: NotFoundError, EvidenceWordsError if it is no GTIN or names another variant already.
    """
    _require_row(Variant, variant_id, what="variant")
    if not ean.is_valid(gtin):
        raise EvidenceWordsError(
            f"“{gtin}” is not a GTIN: 8, 12, 13 or 14 digits, the last of them a check."
        )
    number, is_new = VariantGtin.objects.get_or_create(
        gtin=ean.compact(gtin).zfill(GTIN_DIGITS),
        defaults={"variant_id": variant_id, "source": source},
    )
    if number.variant_id != variant_id:
        raise EvidenceWordsError(f"GTIN {number.gtin} names {number.variant} already.")
    if is_new:
        subject = print_id(IdKind.VARIANT, variant_id)
        _note("rights.gtin", subject, actor=actor, now=now, gtin=number.gtin)
    return number.id


@transaction.atomic
def record_difference(
    *,
    variant_id: UUID,
    market: str,
    what: tuple[str, ...],
    actor: str,
    now: datetime,
    source: str = "",
) -> UUID:
    """
    Record in what a variant differs from the one made for a market; said again, it replaces.

    Raises: NotFoundError, EvidenceWordsError if nothing is named.
    """
    _require_row(Variant, variant_id, what="variant")
    named = sorted({one.strip() for one in what if one.strip()})
    if not named:
        raise EvidenceWordsError("Name in what it differs: bands, charger, warranty.")
    place = market_fact(market).code
    same = VariantDifference.objects.filter(variant=variant_id, market=place).first()
    if same is not None and same.what == named:
        return same.id
    difference, _ = VariantDifference.objects.update_or_create(
        variant_id=variant_id,
        market_id=place,
        defaults={"what": named, "source": source, "recorded_at": now},
    )
    subject = print_id(IdKind.VARIANT, variant_id)
    _note("rights.difference", subject, actor=actor, now=now, what=", ".join(named))
    return difference.id


@transaction.atomic
def record_protection(
    *,
    brand_id: UUID,
    from_at: datetime,
    source: str,
    actor: str,
    now: datetime,
    model_id: UUID | None = None,
    until_at: datetime | None = None,
) -> UUID:
    """
    Record that customs protect a brand, or one model of it, from imports that differ.

    Raises: NotFoundError, EvidenceWordsError if no source is given.
    """
    _require_row(Brand, brand_id, what="brand")
    if model_id is not None:
        _require_row(DeviceModel, model_id, what="model")
    if not source.strip():
        raise EvidenceWordsError("Name the Customs Bulletin in which the protection is published.")
    if until_at is not None and until_at <= from_at:
        raise EvidenceWordsError("The protection would end before it begins. Mend one of the days.")
    protection, is_new = LeverProtection.objects.get_or_create(
        brand_id=brand_id,
        model_id=model_id,
        from_at=from_at,
        defaults={"source": source, "until_at": until_at},
    )
    if is_new:
        _note("rights.protection", f"brand:{brand_id}", actor=actor, now=now, source=source)
    return protection.id


@transaction.atomic
def record_label(  # noqa: PLR0913 -- a label has these parts
    *,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    photo_sha256: str,
    actor: str,
    now: datetime,
    lot: str = "",
    listing_text: str = "",
) -> UUID:
    """
    Record a photograph of the label on a seller's goods, and what the listing says of the same.

    Raises: NotFoundError, EvidenceWordsError if the hash is none.
    """
    if not SHA256.fullmatch(photo_sha256):
        raise EvidenceWordsError("Give the photograph's SHA-256 in 64 small hex digits.")
    _require_row(Party, seller_id, what="party")
    _require_row(Variant, variant_id, what="variant")
    label, is_new = LabelEvidence.objects.get_or_create(
        seller_id=seller_id,
        variant_id=variant_id,
        market_id=market_fact(market).code,
        lot=lot.strip(),
        photo_sha256=photo_sha256,
        listing_text=listing_text.strip(),
        defaults={"recorded_at": now, "recorded_by": actor},
    )
    if is_new:
        subject = print_id(IdKind.VARIANT, variant_id)
        _note("rights.label", subject, actor=actor, now=now, photo=photo_sha256)
    return label.id


@transaction.atomic
def record_certification(
    *,
    variant_id: UUID,
    network_id: UUID,
    state: CertificationState,
    from_at: datetime,
    source: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Record what a host network says of a variant; its earlier word ends there.

    Raises: NotFoundError, EvidenceWordsError if no source is given.
    """
    _require_row(Variant, variant_id, what="variant")
    _require_row(Network, network_id, what="network")
    if not source.strip():
        raise EvidenceWordsError("Name the source: the network's letter or page, and its date.")
    word, is_new = NetworkCertification.objects.get_or_create(
        variant_id=variant_id,
        network_id=network_id,
        state=state.value,
        from_at=from_at,
        defaults={"source": source},
    )
    if is_new:
        earlier = NetworkCertification.objects.filter(
            Q(until_at=None) | Q(until_at__gt=from_at),
            variant=variant_id,
            network=network_id,
            from_at__lt=from_at,
        )
        earlier.update(until_at=from_at)
        subject = print_id(IdKind.VARIANT, variant_id)
        _note("rights.certification", subject, actor=actor, now=now, state=state.value)
    return word.id


def _require_row(
    model: type[Brand | DeviceModel | Network | Party | Variant], key: UUID, *, what: str
) -> None:
    if not model._default_manager.filter(pk=key).exists():  # noqa: SLF001 -- documented name
        raise NotFoundError(f"There is no {what} {key}.")


def _note(action: str, subject: str, *, actor: str, now: datetime, **detail: str) -> None:
    audit.record(actor=actor, action=action, subject=subject, now=now, **detail)
