"""What sellers are written about their payouts. Account numbers are never whole in a letter."""

from datetime import datetime

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, format_money
from bandstand.payouts.models import Payout, PayoutAccount
from bandstand.plumbing.letters import write_letter


def tell_came_back(payout: Payout, *, now: datetime) -> None:
    """Tell a seller that a payout came back, and what to do; a seller without address is not."""
    account = payout.account
    where = account.masked if account else "your account"
    amount = format_money(Money(payout.amount_minor, payout.currency))
    _write(
        key=f"payout_back:{payout.id}",
        to_address=payout.seller.email,
        subject=f"Your payout of {amount} came back",
        body=(
            f"{amount} to {where} did not arrive: {payout.failure}.\n\n"
            "The money is available to you again. Open Money, “Your account”, and confirm the"
            " account or give another one; the next payout run then pays it.\n"
        ),
        payout_about=print_id(IdKind.PARTY, payout.seller_id),
        now=now,
    )


def tell_account_stated(
    account: PayoutAccount, *, former: PayoutAccount | None, now: datetime
) -> None:
    """Tell the seller's contact, and whoever stated the former account, of a new one."""
    addresses = {account.seller.email, former.stated_by if former else ""} - {""}
    was = f"It was {former.masked} before. " if former else ""
    waits = (
        f"Because it changed, nothing is paid to it until {account.usable_from:%-d %B %Y}.\n\n"
        if former
        else ""
    )
    for address in sorted(addresses):
        _write(
            key=f"payout_account:{account.id}:{address}",
            to_address=address,
            subject="The account for your payouts was changed"
            if former
            else "The account for your payouts was set",
            body=(
                f"Payouts in {account.currency} now go to {account.masked}, held by"
                f" {account.holder}. {was}{account.stated_by} stated it.\n\n{waits}"
                "If this was not you, change your password and write to us at once.\n"
            ),
            payout_about=print_id(IdKind.PARTY, account.seller_id),
            now=now,
        )


def tell_account_blocked(account: PayoutAccount, *, now: datetime) -> None:
    """Tell a seller that nothing is paid to an account until it is confirmed."""
    _write(
        key=f"payout_blocked:{account.id}:{now.isoformat()}",
        to_address=account.seller.email,
        subject="Payouts to your account are stopped",
        body=(
            f"Nothing is paid to {account.masked} for now: {account.blocked_reason}.\n\n"
            "Open Money, “Your account”, and confirm it or give another one.\n"
        ),
        payout_about=print_id(IdKind.PARTY, account.seller_id),
        now=now,
    )


def _write(
    *, key: str, to_address: str, subject: str, body: str, payout_about: str, now: datetime
) -> None:
    if to_address:
        write_letter(
            key=key, kind="payout", to_address=to_address, subject=subject, body=body,
            about=payout_about, now=now,
        )  # fmt: skip
