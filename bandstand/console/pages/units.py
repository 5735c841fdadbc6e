"""Where one phone has been: asked by its numbers, shown as a timeline."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk
from bandstand.kernel.errors import NotFoundError
from bandstand.offers import queries as offers
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text
from bandstand.provenance.queries import Custody, custody_of
from bandstand.provenance.rules import CustodyStatus, FindingCode, Step, StepKind, UnitIds

STATUS: Final = {
    CustodyStatus.COMPLETE: ("Complete", "good", "Every hand-over from the maker on is there."),
    CustodyStatus.GAP: ("Gap", "part", "Something is not said. What is missing is told below."),
    CustodyStatus.CONFLICT: ("Conflict", "bad", "Two things are said that cannot both be true."),
    CustodyStatus.NONE: ("No record", "", "Nobody sent an event about this phone."),
}
KINDS: Final = {
    StepKind.MADE: "Made",
    StepKind.SHIPPED: "Shipped",
    StepKind.CALLED_OFF: "Shipment called off",
    StepKind.RECEIVED: "Received",
    StepKind.RETURNED: "Came back",
    StepKind.PACKED: "Packed",
    StepKind.UNPACKED: "Unpacked",
    StepKind.SEEN: "Seen",
    StepKind.SOLD: "Sold",
    StepKind.ENDED: "Taken out of the world",
    StepKind.TOLD: "Said by a stranger",
}
DOCUMENTS: Final = {
    "inv": "invoice",
    "desadv": "dispatch advice",
    "recadv": "receiving advice",
    "bol": "bill of lading",
    "po": "purchase order",
    "poc": "order confirmation",
    "rma": "return authorisation",
    "cert": "certificate",
    "pedigree": "pedigree",
}


class UnitForm(forms.Form):
    """By what a phone is asked for."""

    imei = forms.CharField(label="IMEI", required=False, max_length=15)
    serial = forms.CharField(label="Serial", required=False, max_length=40)
    gtin = forms.CharField(
        label="GTIN", required=False, max_length=14, help_text="The number under the bar code."
    )
    brand = forms.ChoiceField(label="Brand")

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["brand"] = forms.ChoiceField(
            label="Brand", choices=[(one.slug, one.name) for one in catalogue.brands()]
        )

    def clean(self) -> dict[str, object]:
        typed = super().clean() or {}
        if not (typed.get("imei") or typed.get("serial")):
            raise forms.ValidationError("Give the phone's IMEI or its serial.")
        return typed


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step, as ``components/custody.html`` takes it."""

    what: str
    who: str
    where: str
    when_iso: str
    when_text: str
    documents: str
    state: str
    finding: str


@dataclass(frozen=True, slots=True)
class FindingShown:
    """One thing that stands against a phone, as ``components/alert.html`` takes it."""

    title: str
    cure: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """What the page of one phone says."""

    title: str
    form: UnitForm | None
    is_asked: bool = False
    state: str = ""
    kind: str = ""
    sentence: str = ""
    facts: tuple[Fact, ...] = ()
    steps: tuple[StepShown, ...] = ()
    findings: tuple[FindingShown, ...] = ()


def ask_page(form: UnitForm) -> UnitPage:
    """Return the page that asks for a phone's numbers."""
    return UnitPage(title="Where a phone has been", form=form)


def found_page(form: UnitForm, *, desk: Desk) -> UnitPage:
    """Return the timeline of the phone that a form names."""
    typed = form.cleaned_data
    ids = UnitIds(
        imeis=(typed["imei"],) if typed["imei"] else (),
        serial=typed["serial"],
        gtin=typed["gtin"],
    )
    brand = catalogue.brand_by_slug(typed["brand"])
    found = custody_of(identifiers=ids, brand_id=brand.id, at=desk.now)
    title = f"{brand.name} {typed['imei'] or typed['serial']}"
    return _page(found, title=title, desk=desk, form=form)


def unit_page(offer_id: UUID, unit_id: UUID, *, desk: Desk) -> UnitPage:
    """
    Return the timeline of one unit of an offer.

    Raises: NotFoundError if the offer has no such unit.
    """
    row = offers.offer_rows([offer_id]).get(offer_id)
    unit = next((one for one in offers.units_of(offer_id) if one.id == unit_id), None)
    if row is None or unit is None:
        raise NotFoundError("There is no such unit. Check the address.")
    brand = catalogue.brand_by_slug(row.brand_slug)
    found = custody_of(
        identifiers=UnitIds(imeis=(unit.imei,) if unit.imei else (), serial=unit.serial),
        brand_id=brand.id,
        at=desk.now,
        market=row.market,
    )
    return _page(found, title=f"{row.title} {unit.imei or unit.serial}", desk=desk, form=None)


def _page(found: Custody, *, title: str, desk: Desk, form: UnitForm | None) -> UnitPage:
    state, kind, sentence = STATUS[found.status]
    return UnitPage(
        title=title,
        form=form,
        is_asked=True,
        state=state,
        kind=kind,
        sentence=sentence,
        facts=tuple(_facts(found, zone=desk.zone)),
        steps=tuple(_step(one, found=found, zone=desk.zone) for one in found.steps),
        findings=tuple(
            FindingShown(
                title=f"{one.text} ({one.code.value})",
                cure=one.cure,
                kind="part" if one.code is FindingCode.GAP else "bad",
            )
            for one in found.findings
        ),
    )


def _facts(found: Custody, *, zone: str) -> list[Fact]:
    holder = found.holder.name if found.holder else "not known"
    facts = [
        Fact("Owner", found.owner.name if found.owner else "not known"),
        Fact("Holder", f"{holder}, on its way to somebody else" if found.is_under_way else holder),
    ]
    if found.first_sale_at:
        where = found.first_sale_country or "country not known"
        facts.append(Fact("First sale", f"{where}, {instant_text(found.first_sale_at, zone=zone)}"))
    return [*facts, Fact("Events", str(len(found.event_ids)))]


def _step(one: Step, *, found: Custody, zone: str) -> StepShown:
    code = one.finding.code if one.finding else None
    state = {None: "ok", FindingCode.GAP: "gap"}.get(code, "conflict")
    return StepShown(
        what=KINDS[one.kind],
        who=" → ".join(found.name_of(key) for key in (one.giver, one.taker) if key),
        where=one.country,
        when_iso=one.at.isoformat(),
        when_text=instant_text(one.at, zone=zone),
        documents=", ".join(
            f"{DOCUMENTS.get(doc.kind, 'document')} {doc.name}" for doc in one.documents
        ),
        state="told" if one.kind is StepKind.TOLD else state,
        finding=one.finding.text if one.finding else "",
    )
