"""Domains at a desk: a brand's, through which it speaks, and a seller's, by which it is named."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.catalogue.queries.models import brands_below
from bandstand.kernel.errors import NotFoundError
from bandstand.parties.rules import Role
from bandstand.plumbing.desk.tables import Cell, Column, Fact, Row, Table, pill, plain_headings
from bandstand.plumbing.desk.words import instant_text, plural, time_cell
from bandstand.portals.desk import Desk
from bandstand.rights.queries.lists import DomainRow, domains_of, seller_domains
from bandstand.rights.rules.lists import DOMAIN_LOST_AFTER, DomainMethod, DomainState, shown_domain
from bandstand.rights.rules.lists.asks import DomainAsk
from bandstand.takedowns import access as takedowns

STATES: Final = {
    DomainState.ASKED: ("Proof not seen yet", "part"),
    DomainState.IN_REVIEW: ("Looked at by a person", "info"),
    DomainState.VERIFIED: ("Yours", "good"),
    DomainState.FAILING: ("Proof missing", "part"),
    DomainState.LOST: ("Lost", "bad"),
    DomainState.REFUSED: ("Refused", "bad"),
}
METHODS: Final = {
    DomainMethod.DNS_TXT.value: "TXT record",
    DomainMethod.FILE.value: "file",
    DomainMethod.STAFF.value: "known to the operator",
}
BASE: Final = {Role.BRAND: "/portals/brand/domains/", Role.SELLER: "/portals/seller/domains/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainsPage:
    """The domains of a desk, and the form for another."""

    lead: str
    table: Table
    form: object
    form_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPage:
    """One domain: where it stands, and what to publish."""

    title: str
    state: str
    kind: str
    facts: tuple[Fact, ...]
    alert_kind: str
    alert_title: str
    alert_text: str
    ask: DomainAsk
    may_check: bool
    check_url: str
    back_url: str


def domains_page(desk: Desk, *, form: object) -> DomainsPage:
    """Return the domains of a desk."""
    rows = rows_of(desk)
    is_brand = desk.role is Role.BRAND
    return DomainsPage(
        lead=(
            "Show that a domain is your own, and the list of authorised sellers that you publish "
            "there counts."
            if is_brand
            else "Brands name their sellers by domain. Show that a domain is your own, and a list "
            "that names it names you."
        ),
        table=Table(
            caption="Your domains",
            note=plural(len(rows), "domain"),
            columns=plain_headings(
                Column("Domain"), Column("State"), Column("For"), Column("Last looked at")
            ),
            rows=tuple(
                Row(
                    (
                        Cell(shown_domain(one.domain)),
                        pill(*STATES[one.state]),
                        Cell(one.brand_name),
                        time_cell(one.checked_at, zone=desk.zone, without="never"),
                    ),
                    url=f"{BASE[desk.role]}{one.id}/",
                )
                for one in rows
            ),
        ),
        form=form,
        form_url=BASE[desk.role],
    )


def domain_page(domain_id: UUID, *, desk: Desk) -> DomainPage:
    """
    Return one domain of a desk.

    Raises: NotFoundError, alike for somebody else's and one that is not there.
    """
    row = row_of(domain_id, desk=desk)
    word, kind = STATES[row.state]
    alert_kind, alert_title, alert_text = _alert(row)
    return DomainPage(
        title=shown_domain(row.domain),
        state=word,
        kind=kind,
        facts=_facts(row, desk=desk),
        alert_kind=alert_kind,
        alert_title=alert_title,
        alert_text=alert_text,
        ask=row.ask,
        may_check=row.state is not DomainState.REFUSED,
        check_url=f"{BASE[desk.role]}{row.id}/check/",
        back_url=BASE[desk.role],
    )


def row_of(domain_id: UUID, *, desk: Desk) -> DomainRow:
    """
    Return one domain of a desk.

    Raises: NotFoundError, alike for somebody else's and one that is not there.
    """
    found = next((one for one in rows_of(desk) if one.id == domain_id), None)
    if found is None:
        raise NotFoundError("There is no such domain of yours.")
    return found


def rows_of(desk: Desk) -> list[DomainRow]:
    """Return the domains of a desk."""
    if desk.role is Role.SELLER:
        return seller_domains(desk.party.id)
    return domains_of(own_brands(desk))


def own_brands(desk: Desk) -> frozenset[UUID]:
    """Return the brands that a desk speaks for, with those below them."""
    return brands_below([key for key, _ in takedowns.brands_for(desk.actor)])


def _facts(row: DomainRow, *, desk: Desk) -> tuple[Fact, ...]:
    verified = instant_text(row.verified_at, zone=desk.zone) if row.verified_at else "not yet"
    checked = instant_text(row.checked_at, zone=desk.zone) if row.checked_at else "never"
    return (
        Fact("For", row.brand_name),
        Fact("Asked", f"{instant_text(row.asked_at, zone=desk.zone)} by {row.asked_by}"),
        Fact("Yours since", verified),
        Fact("Shown by", METHODS.get(row.method, "nothing yet")),
        Fact("Last looked at", checked),
    )


def _alert(row: DomainRow) -> tuple[str, str, str]:
    seen = "The proof was seen." if row.proved_at else "Publish the proof meanwhile."
    again = (
        f"Publish it again: after {DOMAIN_LOST_AFTER.days} days without it, lists there stop "
        "counting."
    )
    told = {
        DomainState.IN_REVIEW: (
            "info",
            "A person looks at this domain",
            f"It looks like {row.looks_like}, so proof alone is not enough. {seen}",
        ),
        DomainState.FAILING: ("part", "The proof is missing", f"{row.last_fault} {again}"),
        DomainState.LOST: (
            "bad",
            "This domain no longer counts",
            f"{row.last_fault} Publish the proof again.",
        ),
        DomainState.REFUSED: (
            "bad",
            "This domain was refused",
            "Write to the operator if you think that it is yours.",
        ),
    }
    if row.state is DomainState.ASKED and row.last_fault:
        return ("part", "The proof was not found", row.last_fault)
    return told.get(row.state, ("", "", ""))
