"""Reads of what sellers say of themselves, and of what was found on checking it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from bandstand.parties.models import IdentityCheck, IdentityField, TraderDuty
from bandstand.parties.queries.rows import PartyRow, row_of
from bandstand.parties.rules.duties import DutyFact, DutyKind
from bandstand.parties.rules.identity import CheckVerdict, FieldFact, Regime
from bandstand.parties.rules.identity_specs import SPECS, CheckMethod, IdentityName

Facts = Mapping[IdentityName, FieldFact]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One version of one field, with who it is about and what was found."""

    party: PartyRow
    fact: FieldFact
    file_sha256: str
    file_name: str
    media_type: str
    byte_count: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """What a law asks of a seller by when."""

    id: UUID
    party_id: UUID
    regime: Regime
    fact: DutyFact
    hold_id: UUID | None
    met_at: datetime | None


def identity_of(party_id: UUID) -> Facts:
    """Return the latest statement of every field that a party has stated."""
    return {one.fact.name: one.fact for one in latest_statements(party_ids=[party_id])}


def identities_of(party_ids: Iterable[UUID]) -> dict[UUID, dict[IdentityName, FieldFact]]:
    """Return the latest statements of several parties, by party and field."""
    found: dict[UUID, dict[IdentityName, FieldFact]] = {key: {} for key in party_ids}
    for one in latest_statements(party_ids=list(found)):
        found[one.party.id][one.fact.name] = one.fact
    return found


def latest_statements(*, party_ids: Iterable[UUID]) -> list[StatementRow]:
    """Return the statements that count, of parties, in the order in which fields are asked."""
    rows = _latest().filter(party__in=list(party_ids))
    order = list(SPECS)
    return sorted(map(_row, rows), key=lambda one: order.index(one.fact.name))


def statements_waiting() -> list[StatementRow]:
    """Return every statement that waits for a person's check, oldest first."""
    return [_row(one) for one in _latest().filter(checks=None).order_by("stated_at")]


def statements_waiting_count() -> int:
    """Return how many statements wait for a person's check."""
    return _latest().filter(checks=None).count()


def statement(statement_id: UUID) -> StatementRow | None:
    """Return one version of a field."""
    found = _rows().filter(pk=statement_id).first()
    return None if found is None else _row(found)


def history(party_id: UUID, name: IdentityName) -> list[StatementRow]:
    """Return every version of a field, newest first."""
    rows = _rows().filter(party=party_id, field=name.value).order_by("-stated_at", "-id")
    return [_row(one) for one in rows]


def open_duties(party_id: UUID | None = None) -> list[DutyRow]:
    """Return the duties that are open, of one party or of all, the nearest deadline first."""
    rows = TraderDuty.objects.filter(met_at=None).order_by("due_at", "id")
    return [duty_row(one) for one in (rows.filter(party=party_id) if party_id else rows)]


def duty_row(duty: TraderDuty) -> DutyRow:
    """Return the frozen row of a duty."""
    return DutyRow(
        id=duty.id,
        party_id=duty.party_id,
        regime=Regime(duty.regime),
        fact=DutyFact(
            kind=DutyKind(duty.kind),
            opened_at=duty.opened_at,
            due_at=duty.due_at,
            noticed_at=duty.noticed_at,
            suspend_at=duty.suspend_at,
            is_suspended=duty.hold_id is not None,
        ),
        hold_id=duty.hold_id,
        met_at=duty.met_at,
    )


def _rows() -> QuerySet[IdentityField]:
    checks = IdentityCheck.objects.select_related("checked_by").order_by("-checked_at", "-id")
    return IdentityField.objects.select_related("party", "stated_by").prefetch_related(
        Prefetch("checks", queryset=checks)
    )


def _latest() -> QuerySet[IdentityField]:
    newest = IdentityField.objects.filter(party=OuterRef("party"), field=OuterRef("field"))
    return _rows().filter(Q(pk=Subquery(newest.order_by("-stated_at", "-id").values("pk")[:1])))


def _row(row: IdentityField) -> StatementRow:
    checks = list(row.checks.all())
    return StatementRow(
        party=row_of(row.party),
        fact=_fact(row, checks[0] if checks else None),
        file_sha256=row.file_sha256,
        file_name=row.file_name,
        media_type=row.media_type,
        byte_count=row.byte_count or 0,
        flags=tuple(row.file_flags),
    )


def _fact(row: IdentityField, check: IdentityCheck | None) -> FieldFact:
    return FieldFact(
        statement_id=row.id,
        name=IdentityName(row.field),
        shown=row.masked or row.value,
        source=row.source,
        stated_at=row.stated_at,
        stated_by=row.stated_by.email,
        verdict=CheckVerdict(check.verdict) if check else None,
        method=CheckMethod(check.method) if check else None,
        check_source=check.source if check else "",
        check_reason=check.reason if check else "",
        checked_at=check.checked_at if check else None,
        checked_by=check.checked_by.email if check else "",
        expires_at=check.expires_at if check else None,
    )
