"""Facts entered by hand: the forms, the preview of what they change, networks and their rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import NetworkBandRow, NetworkRow
from bandstand.catalogue.queries.rulebook import KIND_WORDS, RuleRow, rules_on_record
from bandstand.catalogue.services import FactPreview, FitShift
from bandstand.console.desk import Desk
from bandstand.console.fact_forms import PARTS_OF, FieldGroup
from bandstand.plumbing.audit_book import AuditRow, audit_list
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.confirming import ConfirmPage
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import plural, time_cell

SHIFTS_SHOWN: Final = 24
ONE_DAY: Final = timedelta(days=1)
EVERY_NETWORK: Final = "every network"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactPage:
    """A form for a fact."""

    title: str
    lead: str
    action_url: str
    back_url: str
    form: forms.Form
    groups: tuple[FieldGroup, ...]


@dataclass(frozen=True, slots=True)
class KindLink:
    """A kind of rule that can be entered."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDesk:
    """A network as it stands on record."""

    title: str
    code: str
    url: str
    has_own_bands: bool
    bands: Table
    rules: Table
    history: Table
    kinds: tuple[KindLink, ...]


def networks_page() -> Listing:
    """Return every network, the operator's own first."""
    own = {one.id: at for at, one in enumerate(catalogue.operator_networks())}
    rows = sorted(catalogue.networks(), key=lambda one: (own.get(one.id, len(own)), one.name))
    return Listing(
        title="Networks",
        lead="What networks run, and their rules. Shoppers read every fact with its source.",
        table=Table(
            caption="Networks",
            note=plural(len(rows), "network"),
            columns=plain_headings(
                Column("Network"), Column("Code"), Column("Country"), Column("Plans")
            ),
            rows=tuple(
                Row(
                    (
                        Cell(one.name),
                        Cell(one.code if one.code != one.name else "–"),
                        Cell(one.country or "–"),
                        pill("our plans run on it", "good") if one.id in own else Cell(""),
                    ),
                    url=f"/console/quality/networks/{one.id}/",
                )
                for one in rows
            ),
        ),
        pages=ONE_PAGE,
        action_url="/console/quality/networks/every/",
        action_label="Rules on every network",
    )


def phones_page(desk: Desk) -> Listing:
    """
    Return the versions of the phone that the address asks for.

    Raises: CatalogueNotFoundError naming near matches.
    """
    text = Asking.of(desk.request).text()
    rows = catalogue.phones_named(text) if text else []
    return Listing(
        title="Find a phone",
        lead="By brand and model, or by model code. Open one to read or enter what sources say.",
        text=text,
        text_label="Brand and model, or code",
        table=Table(
            caption="Versions",
            note=plural(len(rows), "version"),
            columns=plain_headings(Column("Phone"), Column("Code"), Column("Region")),
            rows=tuple(
                Row(
                    (Cell(one.title), Cell(one.code or "–"), Cell(one.region or "–")),
                    url=f"/console/quality/{one.slug}/",
                )
                for one in rows
            ),
        ),
        pages=ONE_PAGE,
        clear_url="/console/quality/find/" if text else "",
        empty_title="Type a name",
        empty_text="Such as Galaxy S21 5G, or SM-G991U1.",
    )


def network_page(network: NetworkRow | None, *, desk: Desk) -> NetworkDesk:
    """Return what is on record of a network; with None, the rules that hold on every network."""
    today = desk.now.date()
    bands = catalogue.network_bands(network.id) if network else []
    rules = rules_on_record(network.id if network else None)
    code = network.code if network else EVERY_NETWORK
    url = f"/console/quality/networks/{network.id if network else 'every'}/"
    return NetworkDesk(
        title=network.name if network else "Rules on every network",
        code=network.code if network else "",
        url=url,
        has_own_bands=bool(bands),
        bands=_bands_table(bands, today=today),
        rules=_rules_table(rules, today=today),
        history=_history(code, zone=desk.zone),
        kinds=tuple(KindLink(KIND_WORDS[kind], f"{url}rule/?kind={kind}") for kind in PARTS_OF),
    )


def question(
    preview: FactPreview,
    *,
    title: str,
    facts: Iterable[Fact],
    page: FactPage,
    fields: tuple[tuple[str, str], ...],
) -> ConfirmPage:
    """Return the preview of a fact: which fits come out otherwise, and what sources dispute."""
    shown = preview.shifts[:SHIFTS_SHOWN]
    is_one_place = len({(one.network, one.on) for one in preview.shifts}) == 1
    left = len(preview.shifts) - len(shown)
    more = [Fact("And more", plural(left, "fit"))] if left else []
    return ConfirmPage(
        title=title,
        text=_text(preview),
        warning=_warning(preview),
        facts=(*facts, *(_shift_fact(one, is_alone=is_one_place) for one in shown), *more),
        stats=(
            Stat("Fits that change", str(len(preview.shifts))),
            Stat("Worse", str(preview.worse), kind="bad" if preview.worse else ""),
            Stat("Better", str(preview.better), kind="good" if preview.better else ""),
        ),
        action_url=page.action_url,
        back_url=page.back_url,
        button="Yes, enter it",
        fields=fields,
        can_edit=True,
    )


def _text(preview: FactPreview) -> str:
    days = " and ".join(day.isoformat() for day in preview.days)
    if not preview.shifts:
        return f"No fit on our networks changes as of {days}. The fact is kept all the same."
    return f"What shoppers read on our networks would change as of {days}, so:"


def _warning(preview: FactPreview) -> str:
    if not preview.conflicts:
        return ""
    return (
        f"Another source says otherwise about {', '.join(preview.conflicts)}. Both stay on record,"
        " and only what both say counts until somebody settles it."
    )


def _shift_fact(one: FitShift, *, is_alone: bool) -> Fact:
    where = "" if is_alone else f" on {one.network}, {one.on.isoformat()}"
    return Fact(f"{one.variant}{where}", f"{one.was} → {one.now}")


def _bands_table(rows: list[NetworkBandRow], *, today: date) -> Table:
    return Table(
        caption="Bands",
        note=plural(len(rows), "row"),
        columns=plain_headings(
            Column("Band"), Column("Role"), Column("From"), Column("Last day"), Column("Source")
        ),
        rows=tuple(
            Row(
                (
                    Cell(f"{one.rat} {one.band.rstrip('PERT')}"),
                    Cell(one.role),
                    Cell(_day(one.from_date)),
                    _end_cell(one, today=today),
                    Cell(one.source, note=f"{one.certainty.value} certainty"),
                )
            )
            for one in rows
        ),
    )


def _end_cell(one: NetworkBandRow, *, today: date) -> Cell:
    if one.until_date is not None:
        said = _day(one.until_date - ONE_DAY)
        return pill(said, "", note="ended") if one.until_date <= today else pill(said, "part")
    if one.announced_until_date is not None:
        return Cell(_day(one.announced_until_date - ONE_DAY), note="announced only")
    return Cell("–")


def _rules_table(rows: list[RuleRow], *, today: date) -> Table:
    return Table(
        caption="Rules",
        note=plural(len(rows), "rule"),
        columns=plain_headings(
            Column("Rule"), Column("In force"), Column("Source"), Column("Read on"), Column("State")
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.label, note=one.said),
                    Cell(
                        f"{_day(one.from_date)} to"
                        f" {_day(one.until_date - ONE_DAY) if one.until_date else 'open'}"
                    ),
                    Cell(one.source, note=f"{one.certainty.value} certainty"),
                    Cell(_day(one.read_on), note=one.entered_by),
                    pill("over") if one.is_over(today) else pill("on record", "good"),
                ),
                url="" if one.is_over(today) else f"/console/quality/rules/{one.id}/end/",
            )
            for one in rows
        ),
    )


def _history(subject: str, *, zone: str) -> Table:
    rows = [one for one in audit_list(text=subject).entries if one.subject == subject]
    return Table(
        caption="Entered and ended by hand",
        note=plural(len(rows), "entry", many="entries"),
        columns=plain_headings(Column("When"), Column("Who"), Column("Deed"), Column("Said")),
        rows=tuple(
            Row(
                (
                    time_cell(one.at, zone=zone),
                    Cell(one.actor),
                    Cell(one.action.replace(".", ": ")),
                    Cell(_detail(one)),
                )
            )
            for one in rows
        ),
    )


def _detail(one: AuditRow) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in one.detail.items() if value
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else "not noted"
