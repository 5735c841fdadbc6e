"""Who the sellers are: the list, and one seller's identity side by side with what was found."""

from dataclasses import dataclass
from typing import Final

from bandstand.console.desk import Desk
from bandstand.console.review_forms import METHODS, CheckForm
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import access, queries as parties
from bandstand.parties.queries.identity import (
    DutyRow,
    StatementRow,
    identities_of,
    open_duties,
)
from bandstand.parties.queries.rows import PartyRow
from bandstand.parties.rules import Role
from bandstand.parties.rules.duties import DutyKind
from bandstand.parties.rules.identity import CheckVerdict, FieldStanding, standing, unverified
from bandstand.parties.rules.identity_specs import SPECS, IdentityName
from bandstand.parties.rules.inform import POLICIES
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import due_cell, instant_text, plural

STANDINGS: Final = {
    FieldStanding.MISSING: ("Missing", "bad"),
    FieldStanding.REFUSED: ("Refused", "bad"),
    FieldStanding.EXPIRED: ("Expired", "part"),
    FieldStanding.WAITING: ("To check", "info"),
    FieldStanding.VERIFIED: ("Verified", "good"),
}
ASKED: Final = tuple(name for name in SPECS if any(name in policy.fields for policy in POLICIES))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckShown:
    """One field: what the seller states beside what was found, and the form to decide."""

    name: str
    label: str
    word: str
    kind: str
    stated: tuple[Fact, ...]
    found: tuple[Fact, ...]
    file_url: str
    check_url: str
    form: CheckForm | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerDesk:
    """Everything the page of one seller says."""

    title: str
    public_id: str
    word: str
    kind: str
    facts: tuple[Fact, ...]
    duties: tuple[Fact, ...]
    hold_url: str
    fields: tuple[CheckShown, ...]
    missing_count: int
    open_text: str
    admit_url: str
    shop_url: str


def sellers_page(desk: Desk) -> Listing:
    """Return the list of sellers with how their identity stands."""
    asking = Asking.of(desk.request)
    text = asking.text().casefold()
    found = [
        one
        for one in parties.parties_in_role(Role.SELLER)
        if text in f"{one.trading_name} {one.legal_name} {one.slug} {one.country}".casefold()
    ]
    stated, duties = identities_of(one.id for one in found), open_duties()
    return Listing(
        title="Sellers",
        lead="Who sells here, how far that is verified, and what the law's clock asks next.",
        text=asking.text(),
        text_label="Name or country",
        problems=tuple(asking.problems),
        table=Table(
            caption="Sellers",
            note=plural(len(found), "seller"),
            columns=plain_headings(
                Column("Seller"), Column("Standing"), Column("Verified", is_number=True),
                Column("To check", is_number=True), Column("Next deadline"), Column("Country"),
            ),
            rows=tuple(
                _row(
                    one,
                    standings=[standing(name, facts=stated[one.id], at=desk.now) for name in ASKED],
                    duty=next((duty for duty in duties if duty.party_id == one.id), None),
                    desk=desk,
                )
                for one in found
            ),
        ),
        pages=ONE_PAGE,
        clear_url="/console/sellers/" if asking.text() else "",
        empty_title="No seller found",
        empty_text="Clear the search.",
    )  # fmt: skip


def seller_page(slug: str, *, desk: Desk, wrong: CheckForm | None = None) -> SellerDesk:
    """
    Return the page of one seller.

    Raises: PartyNotFoundError naming near matches.
    """
    party = parties.party_by_slug(slug)
    stated = {one.fact.name: one for one in access.identity_for(desk.actor, party.id)}
    facts = {name: one.fact for name, one in stated.items()}
    duties = open_duties(party.id)
    names = [name for name in SPECS if name in ASKED or name in stated]
    still_open = unverified(ASKED, facts=facts, at=desk.now)
    word, kind = _party_word(party)
    return SellerDesk(
        title=party.trading_name,
        public_id=print_id(IdKind.PARTY, party.id),
        word=word,
        kind=kind,
        facts=_facts(party),
        duties=tuple(_duty(one, desk=desk) for one in duties),
        hold_url=next(
            (
                f"/console/holds/{print_id(IdKind.HOLD, one.hold_id)}/"
                for one in duties
                if one.hold_id
            ),
            "",
        ),
        fields=tuple(_field(name, stated.get(name), desk=desk, wrong=wrong) for name in names),
        missing_count=sum(1 for name in names if name not in stated),
        open_text=", ".join(SPECS[one].label.lower() for one in still_open),
        admit_url="" if party.is_verified else f"/console/sellers/{party.slug}/admit/",
        shop_url=f"/sellers/{party.slug}/",
    )


def _hold_url(duties: list[DutyRow]) -> str:
    held = next((one.hold_id for one in duties if one.hold_id), None)
    return f"/console/holds/{print_id(IdKind.HOLD, held)}/" if held else ""


def _party_word(party: PartyRow) -> tuple[str, str]:
    if party.is_suspended:
        return "Suspended", "bad"
    return ("May sell", "good") if party.is_verified else ("May not sell yet", "part")


def _facts(party: PartyRow) -> tuple[Fact, ...]:
    return (
        Fact("Legal name on file", party.legal_name),
        Fact("Country", party.country),
        Fact("E-mail on file", party.email or "–"),
        Fact("Address on file", party.address or "–"),
        Fact("People", ", ".join(one.email for one in parties.members(party.id)) or "nobody"),
    )


def _duty(row: DutyRow, *, desk: Desk) -> Fact:
    what = "Certification" if row.fact.kind is DutyKind.CERTIFY else "Fields"
    label = f"{what}, {row.regime.value.upper()}"
    if row.hold_id is not None:
        return Fact(label, "suspended until it is stated and two people lift it")
    if row.fact.suspend_at is not None:
        return Fact(label, f"suspended {instant_text(row.fact.suspend_at, zone=desk.zone)}")
    return Fact(label, f"due {instant_text(row.fact.due_at, zone=desk.zone)}")


def _field(
    name: IdentityName, row: StatementRow | None, *, desk: Desk, wrong: CheckForm | None
) -> CheckShown:
    spec, fact = SPECS[name], None if row is None else row.fact
    state = FieldStanding.MISSING if fact is None else fact.standing_at(desk.now)
    word, kind = STANDINGS[state]
    is_wrong = wrong is not None and wrong.prefix == name.value
    may_check = row is not None and not desk.actor.acts_for(row.party.id)
    form = wrong if is_wrong else CheckForm(spec=spec) if may_check else None
    return CheckShown(
        name=name.value,
        label=spec.label,
        word=word,
        kind=kind,
        stated=_stated(row, desk=desk),
        found=_found(row, desk=desk),
        file_url=f"/console/sellers/statements/{fact.statement_id}/file/"
        if fact and spec.is_file
        else "",
        check_url=f"/console/sellers/statements/{fact.statement_id}/check/" if fact else "",
        form=form,
        is_open=is_wrong or state is FieldStanding.WAITING,
    )


def _stated(row: StatementRow | None, *, desk: Desk) -> tuple[Fact, ...]:
    if row is None:
        return ()
    fact, spec = row.fact, SPECS[row.fact.name]
    flags = [Fact("Beware", ", ".join(row.flags))] if row.flags else []
    return (
        Fact("States", dict(spec.choices).get(fact.shown, fact.shown)),
        Fact("From", fact.source),
        Fact("Stated", f"{instant_text(fact.stated_at, zone=desk.zone)} by {fact.stated_by}"),
        *flags,
    )


def _found(row: StatementRow | None, *, desk: Desk) -> tuple[Fact, ...]:
    if row is None or row.fact.verdict is None:
        return ()
    fact, checked_at = row.fact, row.fact.checked_at or row.fact.stated_at
    verdict = "It is so" if fact.verdict is CheckVerdict.ACCEPTED else "It is not so"
    until = (
        [Fact("Good until", instant_text(fact.expires_at, zone=desk.zone))]
        if fact.expires_at
        else []
    )
    return (
        Fact("Found", f"{verdict}: {fact.check_reason}"),
        Fact("How", METHODS[fact.method] if fact.method else "–"),
        Fact("Where", fact.check_source),
        Fact("Checked", f"{instant_text(checked_at, zone=desk.zone)} by {fact.checked_by}"),
        *until,
    )


def _row(one: PartyRow, *, standings: list[FieldStanding], duty: DutyRow | None, desk: Desk) -> Row:
    word, kind = _party_word(one)
    waits = standings.count(FieldStanding.WAITING)
    if duty is None:
        deadline = Cell("–")
    elif duty.hold_id is not None:
        deadline = pill("Suspended", "bad")
    else:
        deadline = due_cell(duty.fact.suspend_at or duty.fact.due_at, now=desk.now)
    return Row(
        url=f"/console/sellers/{one.slug}/",
        cells=(
            Cell(one.trading_name, note=one.legal_name),
            pill(word, kind),
            number(f"{standings.count(FieldStanding.VERIFIED)} of {len(standings)}"),
            number(waits or "–"),
            deadline,
            Cell(one.country),
        ),
    )
