"""
Stating where a seller's money goes, and by which way the operator sends it.

An account is stated by a person of the seller's who types their password again, so that a window
left open is not enough. A change waits some days and is told to the former contact.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.parties.models import Membership, Person
from bandstand.parties.rules import Role
from bandstand.parties.sealing import seal
from bandstand.payouts import gateways, queries
from bandstand.payouts.models import PayoutAccount, PayoutRoute
from bandstand.payouts.rules import (
    AccountDetails,
    AccountKind,
    FileForm,
    usable_from,
)
from bandstand.payouts.services import letters
from bandstand.plumbing import audit
from bandstand.plumbing.locks import lock

COOLING_MAX = 60


class NotProvenError(RefusedError):
    """The password was not the person's, or the person does not act for the seller."""

    code = "not_proven"


class PayoutRouteError(BadInputError):
    """A way of paying sellers that cannot be meant."""

    code = "payout_route"


@transaction.atomic
def state_account(
    *,
    seller_id: UUID,
    currency: str,
    details: AccountDetails,
    person_id: UUID,
    password: str,
    now: datetime,
) -> UUID:
    """
    State where a seller is paid in a currency; stated again as it is, it is confirmed.

    A change may be paid to only after the cooling days of the currency's route.
    Raises: NotProvenError.
    Lock: the seller's accounts in the currency.
    """
    person = _proven(person_id, seller_id=seller_id, password=password)
    lock(f"payout_account:{seller_id}:{currency}")
    former = PayoutAccount.objects.filter(
        seller=seller_id, currency=currency, ended_at=None
    ).first()
    mark = _fingerprint(details)
    if former is not None and former.fingerprint == mark and former.holder == details.holder:
        _unblock(former, by=person.email, now=now)
        return former.id
    if former is not None:
        former.ended_at = now
        former.save(update_fields=["ended_at"])
    days = queries.route_of(currency, now=now).cooling_days
    account = PayoutAccount.objects.create(
        seller_id=seller_id,
        currency=currency,
        kind=details.kind.value,
        holder=details.holder,
        sealed=seal(details.as_text().encode()).decode(),
        masked=details.masked,
        fingerprint=mark,
        stated_at=now,
        stated_by=person.email,
        usable_from=usable_from(now=now, is_change=former is not None, cooling_days=days),
    )
    letters.tell_account_stated(account, former=former, now=now)
    audit.record(
        actor=person.email, action="payouts.state_account", subject=f"party:{seller_id}", now=now,
        account=details.masked,
    )  # fmt: skip
    return account.id


@transaction.atomic
def confirm_account(*, account_id: UUID, person_id: UUID, password: str, now: datetime) -> None:
    """
    Confirm a blocked account as it stands; the next run may pay to it.

    Raises: NotFoundError; NotProvenError.
    """
    account = PayoutAccount.objects.select_for_update().filter(pk=account_id, ended_at=None).first()
    if account is None:
        raise NotFoundError("There is no such account, or another took its place.")
    person = _proven(person_id, seller_id=account.seller_id, password=password)
    _unblock(account, by=person.email, now=now)


@transaction.atomic
def block_account(*, account_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """
    Stop payouts to an account until its seller confirms it or gives another.

    Raises: NotFoundError; BadInputError without a reason.
    """
    if not reason.strip():
        raise BadInputError("Say why; the seller reads it.")
    account = PayoutAccount.objects.select_for_update().filter(pk=account_id, ended_at=None).first()
    if account is None:
        raise NotFoundError("There is no such account, or another took its place.")
    account.blocked_at, account.blocked_reason = now, reason.strip()[:300]
    account.save(update_fields=["blocked_at", "blocked_reason"])
    letters.tell_account_blocked(account, now=now)
    audit.record(
        actor=actor, action="payouts.block_account", subject=f"party:{account.seller_id}", now=now,
        reason=reason.strip()[:300],
    )  # fmt: skip


@transaction.atomic
def set_payout_route(
    *,
    currency: str,
    gateway: str,
    form: FileForm,
    debtor: AccountDetails | None,
    cooling_days: int,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Say by which way sellers are paid in a currency from now on; runs confirmed before stay as set.

    Raises: UnknownGatewayError; PayoutRouteError.
    """
    way = gateways.gateway(gateway)
    if not 0 <= cooling_days <= COOLING_MAX:
        raise PayoutRouteError(f"A changed account waits 0 to {COOLING_MAX} days.")
    needs_iban = way.is_by_hand and form is FileForm.PAIN_001
    if needs_iban and (debtor is None or debtor.kind is not AccountKind.IBAN):
        raise PayoutRouteError("A pain.001 file needs the name and IBAN that you pay from.")
    row = PayoutRoute.objects.create(
        currency=currency,
        gateway=way.name,
        form=form.value,
        debtor=debtor.holder if debtor else "",
        debtor_sealed=seal(debtor.as_text().encode()).decode() if debtor else "",
        debtor_masked=debtor.masked if debtor else "",
        cooling_days=cooling_days,
        from_at=now,
        set_by=actor[:200],
    )
    audit.record(
        actor=actor, action="payouts.route", subject=f"currency:{currency}", now=now,
        gateway=way.name, form=form.value,
    )  # fmt: skip
    return row.id


def _proven(person_id: UUID, *, seller_id: UUID, password: str) -> Person:
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    acts = Membership.objects.filter(person=person_id, party=seller_id, role=Role.SELLER.value)
    if person is None or not acts.exists():
        raise NotProvenError("Only a person of the seller's own states its account.")
    if not person.check_password(password):
        raise NotProvenError("That is not your password. Type it again, or set a new one first.")
    return person


def _unblock(account: PayoutAccount, *, by: str, now: datetime) -> None:
    if account.blocked_at is None:
        return
    account.blocked_at, account.blocked_reason = None, ""
    account.save(update_fields=["blocked_at", "blocked_reason"])
    audit.record(
        actor=by, action="payouts.confirm_account", subject=f"party:{account.seller_id}", now=now
    )


def _fingerprint(details: AccountDetails) -> str:
    """Return what recognises a number without telling it."""
    text = f"{details.kind.value}:{details.routing}:{details.number}"
    return salted_hmac("bandstand.payouts.account", text, algorithm="sha256").hexdigest()
