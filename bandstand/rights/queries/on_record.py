"""Facts of the right to sell as they stand on record, kind by kind, for whoever keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from bandstand.catalogue.models import Variant
from bandstand.catalogue.rules import title_of
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.rights.models import (
    Approval,
    BrandName,
    LabelEvidence,
    LeverProtection,
    NetworkCertification,
    SalePolicy,
    VariantDifference,
)

PAGE_SIZE: Final = 50
HOUR_SECONDS: Final = 3600


class FactKind(StrEnum):
    """What kind of fact a row is."""

    APPROVAL = "approval"
    CERTIFICATION = "certification"
    PROTECTION = "protection"
    DIFFERENCE = "difference"
    NAME = "name"
    POLICY = "policy"
    LABEL = "label"


class Standing(StrEnum):
    """Whether a fact is in force at an instant."""

    IN_FORCE = "in_force"
    TO_COME = "to_come"
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class FactOnRecord:
    """One fact: what it is about, what it says, where it was read, and for how long it holds."""

    id: UUID
    kind: FactKind
    about: str
    place: str
    said: str
    parts: tuple[tuple[str, str], ...]
    source: str
    subject: str
    """As the audit log names it."""
    from_at: datetime | None = None
    until_at: datetime | None = None

    def standing(self, at: datetime) -> Standing:
        """Say whether it is in force at an instant."""
        if self.from_at is not None and self.from_at > at:
            return Standing.TO_COME
        return Standing.OVER if self.until_at and self.until_at <= at else Standing.IN_FORCE


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsPage:
    """One page of the facts of a kind."""

    rows: tuple[FactOnRecord, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the facts of a kind are kept, by what they are found, and how they are read."""

    rows: Callable[[], QuerySet[Any]]
    found_by: tuple[str, ...]
    read: Callable[[Any], FactOnRecord]
    has_span: bool = True


def facts_on_record(
    kind: FactKind, *, at: datetime, text: str = "", standing: Standing | None = None, page: int = 1
) -> FactsPage:
    """Return the facts of a kind, newest first, that hold every word of a text."""
    shelf = SHELVES[kind]
    found = shelf.rows().filter(_standing(standing, at=at) if shelf.has_span else Q())
    for word in text.split():
        named = Q()
        for column in shelf.found_by:
            named |= Q(**{f"{column}__icontains": word})
        found = found.filter(named)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    here = min(max(1, page), pages)
    rows = found.order_by("-id")[(here - 1) * PAGE_SIZE : here * PAGE_SIZE]
    return FactsPage(
        rows=tuple(shelf.read(one) for one in rows), total=total, page=here, pages=pages
    )


def fact_on_record(kind: FactKind, fact_id: UUID) -> FactOnRecord:
    """
    Return one fact.

    Raises: NotFoundError.
    """
    row = SHELVES[kind].rows().filter(pk=fact_id).first()
    if row is None:
        raise NotFoundError("There is no such fact on record.")
    return SHELVES[kind].read(row)


def _standing(standing: Standing | None, *, at: datetime) -> Q:
    begun, ended = Q(from_at=None) | Q(from_at__lte=at), Q(until_at__lte=at)
    if standing is Standing.TO_COME:
        return Q(from_at__gt=at)
    if standing is Standing.OVER:
        return begun & ended
    return begun & ~ended if standing is Standing.IN_FORCE else Q()


def _variant_name(variant: Variant) -> str:
    model = variant.model
    title = title_of(brand=model.brand.name, model=model.name)
    return f"{title} ({variant.code})" if variant.code else title


def _subject(variant_id: UUID) -> str:
    return print_id(IdKind.VARIANT, variant_id)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _told(**parts: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.replace("_", " ").capitalize(), said) for name, said in parts.items() if said
    )


def _approval(row: Approval) -> FactOnRecord:
    return FactOnRecord(
        id=row.id,
        kind=FactKind.APPROVAL,
        about=_variant_name(row.variant),
        place=row.market_id,
        said=f"{row.scheme.upper()} {row.reference}: {row.state}",
        parts=_told(
            state=row.state,
            responsible_person=row.responsible_person,
            energy_label=row.eprel,
            first_placed_on_the_market=_day(row.placed_at),
        ),
        source=row.source,
        subject=_subject(row.variant_id),
        from_at=row.from_at,
        until_at=row.until_at,
    )


def _certification(row: NetworkCertification) -> FactOnRecord:
    return FactOnRecord(
        id=row.id,
        kind=FactKind.CERTIFICATION,
        about=_variant_name(row.variant),
        place=row.network.name,
        said=row.state,
        parts=_told(state=row.state, network=row.network.name),
        source=row.source,
        subject=_subject(row.variant_id),
        from_at=row.from_at,
        until_at=row.until_at,
    )


def _protection(row: LeverProtection) -> FactOnRecord:
    model = row.model
    return FactOnRecord(
        id=row.id,
        kind=FactKind.PROTECTION,
        about=title_of(brand=row.brand.name, model=model.name) if model else row.brand.name,
        place="US",
        said="one model" if model else "every model of the brand",
        parts=_told(brand=row.brand.name, model=model.name if model else "every model"),
        source=row.source,
        subject=f"brand:{row.brand_id}",
        from_at=row.from_at,
        until_at=row.until_at,
    )


def _difference(row: VariantDifference) -> FactOnRecord:
    return FactOnRecord(
        id=row.id,
        kind=FactKind.DIFFERENCE,
        about=_variant_name(row.variant),
        place=row.market_id,
        said=", ".join(row.what),
        parts=_told(recorded=_day(row.recorded_at)),
        source=row.source,
        subject=_subject(row.variant_id),
    )


def _name(row: BrandName) -> FactOnRecord:
    return FactOnRecord(
        id=row.id,
        kind=FactKind.NAME,
        about=row.brand.name,
        place=row.language,
        said=row.text,
        parts=_told(kind=row.kind, language=row.language),
        source=row.source,
        subject=f"brand:{row.brand_id}",
    )


def _policy(row: SalePolicy) -> FactOnRecord:
    needs = [f"a grant at level {row.min_level}"] if row.needs_grant else ["no grant"]
    needs += ["an approval"] if row.needs_approval else []
    needs += ["custody"] if row.needs_custody != "none" else []
    needs += ["a network's certification"] if row.needs_network_cert else []
    goods = row.category.name if row.category else "anything"
    return FactOnRecord(
        id=row.id,
        kind=FactKind.POLICY,
        about=f"{row.condition.capitalize()}: {goods}",
        place=row.market_id or "any market",
        said=f"needs {', '.join(needs)}",
        parts=_told(
            version=row.version,
            label=f"where {row.label_rule}",
            a_status_counts_for=f"{int(row.status_max_age.total_seconds() // HOUR_SECONDS)} h",
            ground=row.ground,
        ),
        source=row.source,
        subject=f"policy:{row.version}",
        from_at=row.from_at,
        until_at=row.until_at,
    )


def _label(row: LabelEvidence) -> FactOnRecord:
    return FactOnRecord(
        id=row.id,
        kind=FactKind.LABEL,
        about=_variant_name(row.variant),
        place=row.market_id,
        said=f"{row.seller.trading_name} shows its label",
        parts=_told(
            seller=row.seller.trading_name,
            lot=row.lot or "all of its stock",
            the_listing_says=row.listing_text,
            photograph=f"SHA-256 {row.photo_sha256}",
            shown=_day(row.recorded_at),
        ),
        source=row.recorded_by,
        subject=_subject(row.variant_id),
    )


OF_VARIANT: Final = ("variant__model__brand__name", "variant__model__name", "variant__code")
SHELVES: Final[Mapping[FactKind, _Shelf]] = MappingProxyType(
    {
        FactKind.APPROVAL: _Shelf(
            lambda: Approval.objects.select_related("variant__model__brand"),
            (*OF_VARIANT, "reference", "market__code", "state"),
            _approval,
        ),
        FactKind.CERTIFICATION: _Shelf(
            lambda: NetworkCertification.objects.select_related("variant__model__brand", "network"),
            (*OF_VARIANT, "network__name", "state"),
            _certification,
        ),
        FactKind.PROTECTION: _Shelf(
            lambda: LeverProtection.objects.select_related("brand", "model"),
            ("brand__name", "model__name", "source"),
            _protection,
        ),
        FactKind.DIFFERENCE: _Shelf(
            lambda: VariantDifference.objects.select_related("variant__model__brand"),
            (*OF_VARIANT, "market__code"),
            _difference,
            has_span=False,
        ),
        FactKind.NAME: _Shelf(
            lambda: BrandName.objects.select_related("brand"),
            ("brand__name", "text", "kind"),
            _name,
            has_span=False,
        ),
        FactKind.POLICY: _Shelf(
            lambda: SalePolicy.objects.select_related("category"),
            ("version", "category__name", "condition", "market__code"),
            _policy,
        ),
        FactKind.LABEL: _Shelf(
            lambda: LabelEvidence.objects.select_related("variant__model__brand", "seller"),
            (*OF_VARIANT, "seller__trading_name"),
            _label,
            has_span=False,
        ),
    }
)
