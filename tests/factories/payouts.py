"""Sales whose sellers are owed something."""

from datetime import datetime, timedelta
from uuid import UUID

from bandstand.kernel.canonical import sha256_hex
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import services as orders
from bandstand.orders.models import OrderLine
from bandstand.parties.sealing import seal
from bandstand.payouts import gateways, queries, services
from bandstand.payouts.gateways import sandbox_post
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.models import Payout, PayoutAccount, PayoutCommand, PayoutRoute
from bandstand.payouts.rules import AccountKind, FileForm, read_account
from bandstand.plumbing import clock
from tests.factories import orders as sales, takedowns

ACTOR = "mira@lark.example"
SECOND = "ada@lark.example"
WAIT_DAYS = 14


def terms(*, reserve_bps: int = 1_000, minimum: int = 0, from_at: datetime | None = None) -> None:
    """Agree that money waits two weeks and a tenth of it is kept back for 30 days more."""
    services.set_payout_policy(
        market="US",
        wait_days=WAIT_DAYS,
        reserve_bps=reserve_bps,
        reserve_days=30,
        minimum=Money(minimum, "USD"),
        source="Seller agreement, section 4",
        from_at=from_at or clock.now() - timedelta(days=1),
        actor=ACTOR,
        now=clock.now(),
    )


def account(
    seller_id: UUID,
    *,
    number: str = "acct_northgate",
    kind: AccountKind = AccountKind.CONNECTED,
    currency: str = "USD",
    **fields: object,
) -> PayoutAccount:
    """Return where a seller is paid; the one that is there, if there is one."""
    known = PayoutAccount.objects.filter(seller=seller_id, currency=currency, ended_at=None).first()
    if known is not None:
        return known
    details = read_account(kind=kind, number=number, holder="Northgate Ltd", routing="110000000")
    long_ago = clock.now() - timedelta(days=90)
    values = {"stated_at": long_ago, "usable_from": long_ago} | fields
    return PayoutAccount.objects.create(
        seller_id=seller_id,
        currency=currency,
        kind=kind.value,
        holder=details.holder,
        sealed=seal(details.as_text().encode()).decode(),
        masked=details.masked,
        fingerprint=sha256_hex({"number": number}),
        stated_by="nora@northgate.example",
        **values,
    )


def bank_account(seller_id: UUID) -> PayoutAccount:
    """Return a seller's account at a bank in the United States."""
    return account(seller_id, number="000123456789", kind=AccountKind.US_BANK)


def route(*, gateway: str = "sandbox", currency: str = "USD") -> PayoutRoute:
    """Say by which way sellers are paid."""
    return PayoutRoute.objects.create(
        currency=currency,
        gateway=gateway,
        form=FileForm.CSV.value,
        cooling_days=5,
        from_at=clock.now() - timedelta(days=90),
        set_by=ACTOR,
    )


def confirmed(*, now: datetime, currency: str = "USD") -> UUID:
    """Have a run proposed by one person and confirmed by another."""
    run = services.propose_run(currency=currency, actor=ACTOR, now=now)
    due = queries.payable_now(currency=currency, now=now)
    total = sum((one.balance.payable for one in due), Money.zero(currency))
    services.confirm_run(run_id=run, expected=total, actor=SECOND, now=now)
    return run


def send_all(*, now: datetime) -> None:
    """Make every call that waits, as the jobs do."""
    for command in PayoutCommand.objects.filter(state="written").order_by("written_at", "id"):
        services.send_command(command_id=command.id, now=now)


def hear(*, now: datetime) -> None:
    """Deliver the sandbox's due events and catch up with it."""
    gateway = gateways.gateway("sandbox")
    assert isinstance(gateway, SandboxPayouts)
    sandbox_post.deliver_due(
        secret=gateway.secret,
        now=now,
        send=lambda raw, headers: _hear(raw, headers, now=now),
    )
    services.apply_waiting(now=now)


def _hear(raw: bytes, headers: dict[str, str], *, now: datetime) -> None:
    services.receive_webhook(gateway_name="sandbox", raw=raw, headers=headers, now=now)


def paid_out(*, now: datetime) -> Payout:
    """Pay a seller by the sandbox and hear that it arrived."""
    run = confirmed(now=now)
    send_all(now=now)
    hear(now=now + timedelta(minutes=1))
    return Payout.objects.get(run=run)


def delivered(offer: Offer) -> OrderLine:
    """Sell one phone and bring it to its buyer; the seller's share is noted."""
    bank_account(offer.seller_id)
    order = takedowns.shipped(offer, arrived=True)
    sales.hear_everything()
    return OrderLine.objects.get(order__number=order.number)


def matured(offer: Offer) -> OrderLine:
    """Sell one phone whose buyer can no longer give it back."""
    line = delivered(offer)
    services.mature_due(now=after_window())
    return line


def after_window(*, days: int = 1) -> datetime:
    """Return an instant after the buyer's window has closed."""
    return clock.now() + timedelta(days=WAIT_DAYS + days)


def give_back(line: OrderLine, *, now: datetime | None = None) -> None:
    """Take a phone back from its buyer."""
    orders.return_line(line_id=line.id, reason="Given back.", actor=ACTOR, now=now or clock.now())
    sales.hear_everything()


def seller_of(line: OrderLine) -> UUID:
    """Return the seller of a line."""
    return line.offer.seller_id
