"""Variants and the claims about them, line by line: one line is one technology of one variant."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from bandstand.catalogue.models import (
    AnswerClaim,
    BandClaim,
    Brand,
    Category,
    DeviceModel,
    Variant,
)
from bandstand.catalogue.rules import (
    CategorySlug,
    MalformedRowError,
    Trait,
    band_order,
    did_you_mean,
    slug_of,
    title_of,
)
from bandstand.catalogue.services.claims import ClaimBook, Filing
from bandstand.catalogue.services.reports import Outcome
from bandstand.catalogue.services.tables import Keyed, Line
from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.fields import read_answer, read_date
from bandstand.radio.rats import Rat, rat_named
from bandstand.radio.records import VariantRecord, variant_records

DEVICE_COLUMNS: Final = [
    "brand",
    "model",
    "model_code",
    "region",
    "rat",
    "bands",
    "volte",
    "esim",
    "release_date",
    "source",
    "certainty",
]
READ_ON: Final = re.compile(r"\((\d{4}-\d{2}-\d{2})\b")
DESCRIBED: Final = ("region", "fcc_id", "release_text", "notes")


@dataclass(frozen=True, kw_only=True)
class DeviceLine:
    """A line as ``radio`` read it: a variant with the bands of one technology."""

    line: Line
    record: VariantRecord

    @property
    def source(self) -> str:
        return self.line.row["source"]

    @property
    def rat(self) -> Rat:
        return rat_named(self.line.row["rat"])

    @property
    def read_on(self) -> date | None:
        """The day the source was read: by its own column, or named in brackets in the source."""
        given = read_date("read_on", self.line.row.get("read_on"))
        named = READ_ON.search(self.source)
        return given or (date.fromisoformat(named[1]) if named else None)


def read_device(line: Line) -> DeviceLine:
    """
    Return a line as ``radio`` reads it.

    Raises: RecordError, UnknownRatError, UnknownBandError; MalformedRowError if no source is named.
    """
    if not line.row["source"]:
        raise MalformedRowError(
            "source is empty. Say where the bands were read; a claim needs one."
        )
    return DeviceLine(line=line, record=variant_records([line.row])[0])


class DeviceBook:
    """The models, variants and claims of the database, with what a file adds to them."""

    def __init__(self) -> None:
        self.brands = _brands_by_name()
        self.categories = {one.slug: one for one in Category.objects.all()}
        self.models = Keyed(
            model=DeviceModel,
            stored={(one.brand_id, one.slug): one for one in DeviceModel.objects.all()},
        )
        self.variants: dict[Hashable, Variant] = {
            (one.model_id, one.code): one
            for one in Variant.objects.select_related("model__brand").order_by("id")
        }
        self.slugs = {one.slug for one in self.variants.values()}
        self.fresh: list[Variant] = []
        self.altered: dict[UUID, Variant] = {}
        self.bands: ClaimBook[BandClaim] = ClaimBook(model=BandClaim)
        self.bands.remember(BandClaim.objects.order_by("id"))
        self.answers: ClaimBook[AnswerClaim] = ClaimBook(model=AnswerClaim)
        self.answers.remember(AnswerClaim.objects.order_by("id"))

    def put(self, one: DeviceLine) -> Outcome:
        """
        Note what a line says of its variant.

        Raises: MalformedRowError for an unknown brand or category (naming near matches), or a line
        that an earlier line of the same source contradicts.
        """
        model = self._model(one)
        variant, described = self._variant(one, model)
        filed = [self.bands.file(filing) for filing in band_filings(one, variant.id)]
        told = [self.answers.file(filing) for filing in _answer_filings(one, variant.id)]
        if Outcome.ADDED in filed:
            return Outcome.ADDED
        quiet = {Outcome.UNCHANGED}
        changed = described is not Outcome.UNCHANGED or set(told) - quiet or set(filed) - quiet
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def write(self) -> set[UUID]:
        """Write everything that is new or differs; return the variants that were touched."""
        self.bands.settle()
        self.answers.settle()
        self._answer_columns()
        self.models.write()
        Variant.objects.bulk_create(self.fresh)
        made = {one.id for one in self.fresh}
        altered = [one for one in self.altered.values() if one.id not in made]
        if altered:
            columns = [*DESCRIBED, "source", "certainty", *(trait.value for trait in Trait)]
            Variant.objects.bulk_update(altered, columns)
        self.bands.write()
        self.answers.write()
        touched = {one.id for one in self.touched_variants()}
        return touched | made | {one.id for one in altered}

    def touched_variants(self) -> list[Variant]:
        """Return the variants that any claim was filed about."""
        touched = {key for key, _ in self.bands.touched | self.answers.touched}
        return [one for one in self.variants.values() if one.id in touched]

    def _model(self, one: DeviceLine) -> DeviceModel:
        capability, row = one.record.capability, one.line.row
        brand = self.brands.get(capability.brand.casefold())
        if brand is None:
            near = near_matches(capability.brand, sorted({b.name for b in self.brands.values()}))
            raise MalformedRowError(
                f"brand is “{capability.brand}”, which no table has.{did_you_mean(near)}"
                " A new brand is added to the brands first."
            )
        category = self.categories.get(row.get("category") or CategorySlug.PHONE.value)
        if category is None:
            near = near_matches(row["category"], sorted(self.categories))
            raise MalformedRowError(
                f"category is “{row['category']}”, which no table has.{did_you_mean(near)}"
            )
        key = (brand.id, slug_of(capability.name))
        known = self.models.stored.get(key)
        released = [known.released_on if known else None, one.record.release_date]
        facts = {"released_on": min((day for day in released if day), default=None)}
        if known is None:
            identity = {"brand": brand, "slug": key[1], "name": capability.name}
            self.models.put(key, identity=identity | {"category": category}, facts=facts)
        elif known.released_on != facts["released_on"]:
            self.models.alter(key, facts=facts)
        return self.models.stored[key]

    def _variant(self, one: DeviceLine, model: DeviceModel) -> tuple[Variant, Outcome]:
        capability = one.record.capability
        key = (model.id, capability.code)
        known = self.variants.get(key)
        if known is not None:
            return known, self._describe(known, one)
        made = Variant(
            model=model,
            code=capability.code,
            slug=self._free_slug(
                title_of(brand=model.brand.name, model=model.name), capability.code
            ),
            certainty=one.record.certainty.value,
            **_description(one),
        )
        self.variants[key] = made
        self.fresh.append(made)
        return made, Outcome.ADDED

    def _describe(self, known: Variant, one: DeviceLine) -> Outcome:
        """Fill what is blank, and bring up to date what the same source said before."""
        is_same_source = known.source == one.source
        said: dict[str, Any] = {
            name: value
            for name, value in _description(one).items()
            if value and (is_same_source or not getattr(known, name))
        }
        if is_same_source:
            weakest = Certainty.weakest(Certainty(known.certainty), one.record.certainty)
            said["certainty"] = weakest.value
        differing = {name: value for name, value in said.items() if getattr(known, name) != value}
        for name, value in differing.items():
            setattr(known, name, value)
        if differing:
            self.altered[known.id] = known
        return Outcome.CHANGED if differing else Outcome.UNCHANGED

    def _answer_columns(self) -> None:
        """Keep on each variant what its sources agree on, for filters."""
        by_id = {one.id: one for one in self.variants.values()}
        for variant_id, trait in self.answers.touched:
            answer = self.answers.agreed_answer(variant_id, Trait(trait)).value
            if getattr(by_id[variant_id], trait) != answer:
                setattr(by_id[variant_id], trait, answer)
                self.altered[variant_id] = by_id[variant_id]

    def _free_slug(self, *words: str) -> str:
        """Return a slug that no other variant has: brands may share words and codes."""
        slug = wanted = slug_of(*words)
        number = 2
        while slug in self.slugs:
            slug = f"{wanted}-{number}"
            number += 1
        self.slugs.add(slug)
        return slug


def _description(one: DeviceLine) -> dict[str, str]:
    return {
        "region": one.record.capability.region,
        "fcc_id": one.record.fcc_id,
        "release_text": one.record.release_text,
        "notes": one.record.notes,
        "source": one.source,
    }


def band_filings(one: DeviceLine, variant_id: UUID) -> list[Filing]:
    """Return what a line claims of a variant's bands, a filing a technology."""
    capability = one.record.capability
    by_rat: dict[Rat, list[str]] = {rat: [] for rat in (one.rat, *capability.unknown_rats)}
    for claim in capability.claims:
        by_rat[claim.band.rat].append(claim.band.name)
    certainty = Certainty.weakest(*(claim.certainty for claim in capability.claims))
    doubts = [*capability.conflicts, one.line.row.get("doubt", "")]
    doubt = "; ".join(said for said in doubts if said)
    return [
        Filing(
            variant_id=variant_id,
            topic=rat.value,
            words=tuple(sorted(names, key=band_order)),
            source=one.source,
            certainty=certainty if names else one.record.certainty,
            raw=one.line.row.get("raw") or one.line.row["bands"] if rat is one.rat else "",
            doubt=doubt if rat is one.rat else "",
            read_on=one.read_on,
        )
        for rat, names in by_rat.items()
    ]


def _answer_filings(one: DeviceLine, variant_id: UUID) -> list[Filing]:
    capability, row = one.record.capability, one.line.row
    said = {
        Trait.VOLTE: (capability.volte, row["volte"]),
        Trait.ESIM: (capability.esim, row["esim"]),
        Trait.PSIM: (capability.psim, row["esim"]),
        Trait.VONR: (read_answer("vonr", row.get("vonr")), row.get("vonr", "")),
        Trait.NR_SA: (read_answer("sa", row.get("sa")), row.get("sa", "")),
        Trait.NR_NSA: (read_answer("nsa", row.get("nsa")), row.get("nsa", "")),
    }
    return [
        Filing(
            variant_id=variant_id,
            topic=trait.value,
            words=(answer.value,),
            source=one.source,
            certainty=one.record.certainty,
            raw=raw,
            read_on=one.read_on,
        )
        for trait, (answer, raw) in said.items()
        if answer is not Answer.UNKNOWN
    ]


def _brands_by_name() -> dict[str, Brand]:
    names: dict[str, Brand] = {}
    for one in Brand.objects.order_by("id"):
        for name in (one.name, one.slug, *one.names):
            names.setdefault(name.casefold(), one)
    return names
