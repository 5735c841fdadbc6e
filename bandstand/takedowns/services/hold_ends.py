"""Both sides are told how a hold ended by itself, or that a provisional one was confirmed."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.gate.models import Hold
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import queries as parties
from bandstand.parties.models import Party
from bandstand.plumbing import letters
from bandstand.takedowns.models import Notice, StatementOfReasons
from bandstand.takedowns.queries import reach
from bandstand.takedowns.rules.letters import Letter, hold_confirmed, hold_ended


@transaction.atomic
def tell_hold_expired(*, hold_id: UUID, now: datetime) -> int:
    """
    Write to the stopped sellers and to the notifier that a hold ran out; return how many letters.

    Where a hold that was placed over it still stands, nothing ended and nobody is told so.
    """
    hold = Hold.objects.select_related("supersedes").get(pk=hold_id)
    if hold.superseded_by.filter(lifted_at=None).exists():
        return 0
    shop = parties.operator().shop_name
    told = 0
    for address, name in _both_sides(hold):
        letter = hold_ended(
            shop_name=shop,
            name=name,
            reason=hold.reason,
            ended_at=hold.expires_at or now,
            is_provisional=hold.is_provisional,
        )
        told += _write(letter, kind="hold_ended", hold=hold, address=address, now=now)
    return told


@transaction.atomic
def tell_hold_confirmed(*, hold_id: UUID, now: datetime) -> int:
    """Write to the notifier that their provisional hold was confirmed; return how many letters."""
    hold = Hold.objects.select_related("supersedes").get(pk=hold_id)
    before = hold.supersedes
    if before is None or not before.is_provisional or not hold.notifier_email:
        return 0
    letter = hold_confirmed(
        shop_name=parties.operator().shop_name, reason=hold.reason, confirmed_at=hold.effective_at
    )
    return _write(letter, kind="hold_confirmed", hold=hold, address=hold.notifier_email, now=now)


def _both_sides(hold: Hold) -> Iterator[tuple[str, str]]:
    sellers = set(StatementOfReasons.objects.filter(hold=hold).values_list("seller_id", flat=True))
    sellers = sellers or set(reach.listed_offers(hold).values_list("seller_id", flat=True))
    told = Party.objects.filter(pk__in=sellers).exclude(email="").order_by("id")
    yield from told.values_list("email", "trading_name")
    notice = Notice.objects.filter(hold=hold).select_related("filed_by", "party").first()
    if notice is not None:
        yield notice.filed_by.email, notice.party.trading_name
    elif hold.notifier_email:
        yield hold.notifier_email, ""


def _write(letter: Letter, *, kind: str, hold: Hold, address: str, now: datetime) -> int:
    letters.write_letter(
        key=f"{kind}:{hold.id}:{address}",
        kind=kind,
        to_address=address,
        subject=letter.subject,
        body=letter.body,
        about=print_id(IdKind.HOLD, hold.id),
        now=now,
    )
    return 1
