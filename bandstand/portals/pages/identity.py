"""A seller's identity: what the law asks, what is stated, how it stands, by when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bandstand.gate.queries import hold_row
from bandstand.parties import access
from bandstand.parties.queries.identity import DutyRow, StatementRow, open_duties
from bandstand.parties.rules.duties import DutyKind
from bandstand.parties.rules.identity import FieldFact, FieldStanding, Regime
from bandstand.parties.rules.identity_specs import SPECS, FieldSpec, IdentityName
from bandstand.parties.rules.inform import POLICIES, TraderPolicy, policy_of
from bandstand.plumbing.desk.words import instant_text
from bandstand.portals.desk import Desk
from bandstand.portals.identity_form import StateForm

STANDINGS: Final = {
    FieldStanding.MISSING: ("Missing", "bad"),
    FieldStanding.REFUSED: ("Not accepted", "bad"),
    FieldStanding.EXPIRED: ("To be renewed", "part"),
    FieldStanding.WAITING: ("Being checked", "info"),
    FieldStanding.VERIFIED: ("Verified", "good"),
}
LAWS: Final = {Regime.INFORM: "United States", Regime.DSA: "European Union"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyShown:
    """One deadline of the law's, in words."""

    title: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """One field with how it stands and the form to state it."""

    name: str
    label: str
    word: str
    kind: str
    shown: str
    stated_text: str
    found_text: str
    asked_by: str
    file_url: str
    form: StateForm
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPage:
    """Everything that the law asks of this seller."""

    is_verified: bool
    duties: tuple[DutyShown, ...]
    fields: tuple[FieldShown, ...]
    verified_count: int
    action_url: str


def identity_page(desk: Desk, *, wrong: StateForm | None = None) -> IdentityPage:
    """Return the identity page; a form that was wrong stays open with what was typed."""
    stated = {one.fact.name: one for one in access.identity_for(desk.actor, desk.party.id)}
    duties = open_duties(desk.party.id)
    fields = tuple(
        _field(SPECS[name], stated.get(name), desk=desk, wrong=wrong) for name in _asked(duties)
    )
    return IdentityPage(
        is_verified=desk.party.is_verified,
        duties=tuple(_duty(one, desk=desk) for one in duties),
        fields=fields,
        verified_count=sum(one.kind == "good" for one in fields),
        action_url="/portals/seller/identity/",
    )


def _asked(duties: list[DutyRow]) -> list[IdentityName]:
    asked = {name for policy in POLICIES for name in policy.fields}
    if any(one.fact.kind is DutyKind.CERTIFY for one in duties):
        asked.add(IdentityName.CERTIFICATION)
    return [name for name in SPECS if name in asked]


def _field(
    spec: FieldSpec, row: StatementRow | None, *, desk: Desk, wrong: StateForm | None
) -> FieldShown:
    fact = None if row is None else row.fact
    standing = FieldStanding.MISSING if fact is None else fact.standing_at(desk.now)
    is_wrong = wrong is not None and wrong.prefix == spec.name.value
    word, kind = STANDINGS[standing]
    return FieldShown(
        name=spec.name.value,
        label=spec.label,
        word=word,
        kind=kind,
        shown=_shown(spec, fact),
        stated_text=f"Stated {instant_text(fact.stated_at, zone=desk.zone)}, from: {fact.source}"
        if fact
        else "",
        found_text=_found(fact, standing, zone=desk.zone),
        asked_by=" and ".join(LAWS[one.regime] for one in POLICIES if spec.name in one.fields),
        file_url=f"/portals/seller/identity/{fact.statement_id}/file/"
        if fact and spec.is_file
        else "",
        form=wrong if is_wrong and wrong is not None else StateForm(spec=spec, fact=fact),
        is_open=is_wrong,
    )


def _shown(spec: FieldSpec, fact: FieldFact | None) -> str:
    if fact is None:
        return ""
    return dict(spec.choices).get(fact.shown, fact.shown)


def _found(fact: FieldFact | None, standing: FieldStanding, *, zone: str) -> str:
    if fact is None or fact.checked_at is None:
        return ""
    if standing is FieldStanding.REFUSED:
        return f"Not accepted: {fact.check_reason} State it again."
    until = f", good until {instant_text(fact.expires_at, zone=zone)}" if fact.expires_at else ""
    return f"Checked {instant_text(fact.checked_at, zone=zone)}{until}"


def _duty(row: DutyRow, *, desk: Desk) -> DutyShown:
    policy = policy_of(row.regime, on=desk.now.date())
    law = policy.cited if isinstance(policy, TraderPolicy) else row.regime.value
    what = "your yearly certification" if row.fact.kind is DutyKind.CERTIFY else "the fields below"
    if row.hold_id is not None:
        return DutyShown(title="Your sales are suspended", text=_suspended(row, law), kind="bad")
    if row.fact.noticed_at is not None and row.fact.suspend_at is not None:
        return DutyShown(
            title=f"State {what} before {_day(row.fact.suspend_at, desk)}",
            text=f"After that, {law} has us suspend your further sales until it is stated.",
            kind="bad",
        )
    return DutyShown(
        title=f"State {what} before {_day(row.fact.due_at, desk)}",
        text=f"{law} asks for it.",
        kind="part",
    )


def _suspended(row: DutyRow, law: str) -> str:
    assert row.hold_id is not None  # noqa: S101 -- the caller looked
    reason = hold_row(row.hold_id).reason
    return f"{reason} {law}. State what is missing; a person then looks at lifting it."


def _day(at: datetime, desk: Desk) -> str:
    return instant_text(at, zone=desk.zone)
