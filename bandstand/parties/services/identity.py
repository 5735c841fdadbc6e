"""
What a seller states of itself, what a person finds on checking it, and its end.

Everything is a new row: a statement that changes is stated again, and a check that was wrong is
made again.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import vault
from bandstand.parties.models import IdentityCheck, IdentityField, Membership, Party, Person
from bandstand.parties.queries import PartyNotFoundError
from bandstand.parties.queries.identity import identity_of
from bandstand.parties.rules import Role
from bandstand.parties.rules.files import FileFact, examine
from bandstand.parties.rules.identity import (
    CHECK_LIFE,
    CheckRefusedError,
    CheckVerdict,
    IdentityWordsError,
    StatementNotFoundError,
    require_check,
    unverified,
)
from bandstand.parties.rules.identity_specs import SPECS, CheckMethod, IdentityName
from bandstand.parties.rules.identity_values import ReadValue, read_value
from bandstand.parties.rules.inform import POLICIES, keep_until
from bandstand.parties.sealing import seal
from bandstand.parties.services.register import verify_party
from bandstand.plumbing import audit


@transaction.atomic
def state_identity(
    *, party_id: UUID, name: IdentityName, text: str, source: str, person_id: UUID, now: datetime
) -> UUID:
    """
    Record what a party says of itself in one field; the version before it is kept.

    The same words again are the same statement, unless it was refused or its check has run out.

    Raises: IdentityWordsError naming the field and how to mend it.
    """
    if SPECS[name].is_file:
        raise IdentityWordsError("Upload a file here.", field=name.value)
    read = read_value(name, text)
    _require_source(source, name=name)
    same = _same(party_id, name=name, shown=read.masked, now=now)
    if same is not None and not SPECS[name].is_sealed:
        return same
    return _state(party_id, name=name, read=read, source=source, person_id=person_id, now=now)


@transaction.atomic
def show_identity_file(
    *,
    party_id: UUID,
    name: IdentityName,
    content: bytes,
    file_name: str,
    source: str,
    person_id: UUID,
    now: datetime,
) -> UUID:
    """
    Record the copy of a document that a party shows of itself.

    Raises: FileRefusedError, IdentityWordsError.
    """
    if not SPECS[name].is_file:
        raise IdentityWordsError("Write it here; no file is taken.", field=name.value)
    _require_source(source, name=name)
    file = examine(content, name=file_name)
    vault.keep(content)
    read = ReadValue(file.name, file.name)
    return _state(
        party_id, name=name, read=read, source=source, person_id=person_id, now=now, file=file
    )


@transaction.atomic
def check_identity(
    *,
    statement_id: UUID,
    verdict: CheckVerdict,
    method: CheckMethod,
    source: str,
    reason: str,
    person_id: UUID,
    now: datetime,
) -> None:
    """
    Record what a person of the operator's found on checking a statement.

    Raises: StatementNotFoundError, IdentityWordsError, CheckRefusedError.
    Lock: the statement's row.
    """
    found = IdentityField.objects.select_for_update(of=("self",)).filter(pk=statement_id).first()
    if found is None:
        raise StatementNotFoundError("There is no such statement.")
    require_check(name=IdentityName(found.field), method=method, reason=reason, source=source)
    _require_checker(found, person_id=person_id)
    check = IdentityCheck.objects.create(
        statement=found,
        verdict=verdict.value,
        method=method.value,
        source=source.strip(),
        reason=reason.strip(),
        checked_by_id=person_id,
        checked_at=now,
        expires_at=now + CHECK_LIFE if verdict is CheckVerdict.ACCEPTED else None,
    )
    audit.record(
        actor=check.checked_by.email,
        action=f"identity.{verdict}",
        subject=print_id(IdKind.PARTY, found.party_id),
        now=now,
        field=found.field,
        method=method.value,
        source=check.source,
        reason=check.reason,
    )


@transaction.atomic
def admit_seller(
    *, party_id: UUID, asked: tuple[IdentityName, ...], actor: str, now: datetime
) -> None:
    """
    Mark a party as verified, once every field that is asked of it is.

    Source: Article 30(1) of Regulation (EU) 2022/2065: before a trader first uses the platform.
    Raises: CheckRefusedError naming what is not verified yet.
    """
    open_fields = unverified(asked, facts=identity_of(party_id), at=now)
    if open_fields:
        named = ", ".join(SPECS[one].label.lower() for one in open_fields)
        raise CheckRefusedError(f"Not verified yet: {named}. Check these first.")
    verify_party(party_id=party_id, actor=actor, now=now)


@transaction.atomic
def end_contract(*, party_id: UUID, actor: str, now: datetime) -> None:
    """
    Record that the contract with a party ended: its identity is kept for six months from now.

    Raises: PartyNotFoundError.
    Lock: the party's row.
    """
    party = Party.objects.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise PartyNotFoundError(f"No party has the key {party_id}.", given=str(party_id))
    if party.left_at is None:
        party.left_at = now
        party.save(update_fields=["left_at"])
        audit.record(
            actor=actor, action="party.leave", subject=print_id(IdKind.PARTY, party_id), now=now
        )


def erase_past_identities(*, now: datetime) -> int:
    """
    Delete what is kept of parties whose time has run out, and return of how many.

    Source: Article 30(5) of Regulation (EU) 2022/2065: stored for six months after the end of the
    contractual relationship and then deleted.
    """
    policy = max(POLICIES, key=lambda one: one.keep_months)
    gone = [
        party_id
        for party_id, left_at in Party.objects.filter(
            left_at__isnull=False, identity_fields__isnull=False
        )
        .distinct()
        .values_list("id", "left_at")
        if left_at and keep_until(left_at.date(), policy=policy) < now.date()
    ]
    for party_id in gone:
        _erase(party_id, now=now)
    return len(gone)


@transaction.atomic
def _erase(party_id: UUID, *, now: datetime) -> None:
    rows = IdentityField.objects.filter(party=party_id)
    hashes = set(rows.exclude(file_sha256="").values_list("file_sha256", flat=True))
    rows.delete()
    still = set(
        IdentityField.objects.filter(file_sha256__in=hashes).values_list("file_sha256", flat=True)
    )
    # After the commit: a file that goes while its row stays would be evidence lost.
    for one in sorted(hashes - still):
        transaction.on_commit(partial(vault.remove, one))
    audit.record(
        actor="system:keeping",
        action="identity.erase",
        subject=print_id(IdKind.PARTY, party_id),
        now=now,
    )


def _state(
    party_id: UUID,
    *,
    name: IdentityName,
    read: ReadValue,
    source: str,
    person_id: UUID,
    now: datetime,
    file: FileFact | None = None,
) -> UUID:
    is_sealed = SPECS[name].is_sealed
    row = IdentityField.objects.create(
        party_id=party_id,
        field=name.value,
        value="" if is_sealed else read.value,
        sealed=seal(read.value.encode()).decode() if is_sealed else "",
        masked=read.masked if is_sealed else "",
        file_sha256=file.sha256 if file else "",
        file_name=file.name if file else "",
        media_type=file.media_type.value if file else "",
        byte_count=file.byte_count if file else None,
        file_flags=list(file.flags) if file else [],
        source=source.strip(),
        stated_at=now,
        stated_by_id=person_id,
    )
    audit.record(
        actor=Person.objects.get(pk=person_id).email,
        action="identity.state",
        subject=print_id(IdKind.PARTY, party_id),
        now=now,
        field=name.value,
    )
    return row.id


def _same(party_id: UUID, *, name: IdentityName, shown: str, now: datetime) -> UUID | None:
    """Return the statement that says the same already and still counts or waits."""
    fact = identity_of(party_id).get(name)
    if fact is None or fact.shown != shown or name is IdentityName.CERTIFICATION:
        return None
    if fact.verdict is CheckVerdict.REFUSED:
        return None
    is_over = fact.expires_at is not None and fact.expires_at <= now
    return None if is_over else fact.statement_id


def _require_source(source: str, *, name: IdentityName) -> None:
    if not source.strip():
        raise IdentityWordsError(
            "Say where this stands: a register's extract, a bank statement, your own word.",
            field=f"{name.value}_source",
        )


def _require_checker(found: IdentityField, *, person_id: UUID) -> None:
    held = Membership.objects.filter(person=person_id)
    is_own = found.stated_by_id == person_id or held.filter(party=found.party_id).exists()
    if is_own or not held.filter(role=Role.OPERATOR.value).exists():
        raise CheckRefusedError(
            "Somebody of the operator's checks it who neither stated it nor acts for this party."
        )
