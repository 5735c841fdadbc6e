"""The letters of trade-in: plain text, one reason to write each, with the trade-in's link."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bandstand.catalogue.rules import title_of
from bandstand.money import Money, format_money
from bandstand.parties import queries as parties
from bandstand.plumbing.letters import write_letter
from bandstand.trade_in.links import trade_in_address
from bandstand.trade_in.models import CreditPayout, TradeIn
from bandstand.trade_in.queries.values import terms_at


def write_accepted(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner where to send their phone, by when, and what it brings."""
    terms = terms_at(trade_in.market_id, now=now)
    body = f"""You are trading in your {_phone(trade_in)} for {_value(trade_in)}.

Send it by {_day(trade_in.arrive_by)} to:
{terms.send_to}

Put the reference {trade_in.reference} into the parcel. Before you send it: copy what you want to
keep, sign out of your account, turn Find My off, and erase it.

We look at it within {terms.inspect_days} days of its coming, or {_value(trade_in)} is yours
whatever its state. If we find it worth less, you choose: take that, or have it back free.

Follow it, and tell us when it is on its way:"""
    _write(trade_in, "accepted", subject="How to send us your phone", body=body, now=now)


def write_reminder(trade_in: TradeIn, *, now: datetime) -> bool:
    """Remind the owner of the last day, once; return whether this call did."""
    body = f"""Your {_phone(trade_in)} has not come yet. {_value(trade_in)} is kept for you until
{_day(trade_in.arrive_by)}; after that the offer ends.

If it is on its way, say so there, and it has a week more:"""
    subject = f"Send your phone by {_day(trade_in.arrive_by)}"
    return _write(trade_in, "reminder", subject=subject, body=body, now=now)


def write_lapsed(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner that the offer ended, and that nothing else changed."""
    body = f"""Your {_phone(trade_in)} did not come, so the offer of {_value(trade_in)} has ended.
Your order stays as it is. If you have sent the phone, it is not lost: once it comes we look at it
as we promised.

Its page:"""
    _write(trade_in, "lapsed", subject="Your trade-in has ended", body=body, now=now)


def write_received(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner that their phone is here, and by when it is looked at."""
    body = f"""Your {_phone(trade_in)} is here. We look at it by {_day(trade_in.inspect_by)}; if
we do not, {_value(trade_in)} is yours whatever its state.

Until then you can have it back. Its page:"""
    subject = "We have your phone"
    _write(trade_in, "received", subject=subject, body=body, now=now)


def write_guaranteed(trade_in: TradeIn, *, now: datetime) -> bool:
    """Tell the owner that we are late and that the value stands, once."""
    quoted = format_money(Money(trade_in.quoted_minor, trade_in.currency))
    body = f"""We promised to look at your {_phone(trade_in)} by {_day(trade_in.inspect_by)} and
have not. The value we quoted, {quoted}, stands now, whatever state your phone is in.
Only a phone that is locked to an account, or reported lost or stolen, must still go back.

Its page:"""
    subject = "We are late, and your quoted value stands"
    return _write(trade_in, "guaranteed", subject=subject, body=body, now=now)


def write_revalued(trade_in: TradeIn, *, reasons: tuple[str, ...], now: datetime) -> None:
    """Tell the owner the new value with its reasons, and that the choice is theirs."""
    quoted = format_money(Money(trade_in.quoted_minor, trade_in.currency))
    why = "\n".join(f"- {reason}" for reason in reasons)
    body = f"""We have looked at your {_phone(trade_in)}. We quoted {quoted}; as it is, it is worth
{_value(trade_in)}, because:

{why}

You choose until {_day(trade_in.answer_by)}: take {_value(trade_in)}, or have your phone back free.
If we hear nothing, we send it back.

Choose here:"""
    _write(trade_in, "revalued", subject="Your phone: please choose", body=body, now=now)


def write_credited(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner that the value is theirs, and where it went."""
    applied = Money(trade_in.applied_minor, trade_in.currency)
    left = Money(trade_in.value_minor - trade_in.applied_minor, trade_in.currency)
    lines = [f"{_value(trade_in)} for your {_phone(trade_in)} is yours."]
    if applied.is_positive:
        lines.append(f"{format_money(applied)} is taken off your plan, from its last instalments.")
    if left.is_positive:
        lines.append(f"{format_money(left)} we owe you: say there which bank account gets it.")
    body = "\n\n".join([*lines, "Its page:"])
    _write(trade_in, "credited", subject="Your phone is credited", body=body, now=now)


def write_return_due(trade_in: TradeIn, *, reason: str, now: datetime) -> None:
    """Tell the owner that their phone comes back, free, and why."""
    body = f"""Your {_phone(trade_in)} comes back to you, free of charge. {reason}

You hear from us when it leaves. Its page:"""
    _write(trade_in, "return_due", subject="Your phone comes back", body=body, now=now)


def write_sent_back(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner that their phone is on its way back."""
    tracking = f", tracking number {trade_in.back_tracking}" if trade_in.back_tracking else ""
    body = f"""Your {_phone(trade_in)} is on its way back with {trade_in.back_carrier}{tracking}.

Its page:"""
    _write(trade_in, "sent_back", subject="Your phone is on its way back", body=body, now=now)


def write_kept(trade_in: TradeIn, *, now: datetime) -> None:
    """Tell the owner that the value outlives the order it was for."""
    kept = format_money(Money(trade_in.kept_minor, trade_in.currency))
    body = f"""The order for which you traded in your {_phone(trade_in)} has ended. The value of
your phone stays yours: the {kept} that had been taken off your plan is owed to you.

Say there which bank account gets it:"""
    subject = "The value of your phone stays yours"
    _write(trade_in, "kept", subject=subject, body=body, now=now)


def write_paid_out(payout: CreditPayout, *, now: datetime) -> None:
    """Tell the owner that the money is on their account."""
    amount = format_money(Money(payout.amount_minor, payout.currency))
    body = f"""{amount} for your {_phone(payout.trade_in)} was sent to the account of
{payout.account_masked}. The bank’s reference: {payout.bank_reference}. We have forgotten the
account’s number.

The trade-in’s page:"""
    kind = f"paid_out:{payout.serial}"
    _write(payout.trade_in, kind, subject="The money for your phone is sent", body=body, now=now)


def write_payout_failed(payout: CreditPayout, *, now: datetime) -> None:
    """Tell the owner that the money did not go, why, and what to do."""
    amount = format_money(Money(payout.amount_minor, payout.currency))
    body = f"""We could not send {amount} to the account of {payout.account_masked}:
{payout.failure}

It is still yours. Give us an account again there:"""
    kind = f"payout_failed:{payout.serial}"
    subject = "The money for your phone did not go"
    _write(payout.trade_in, kind, subject=subject, body=body, now=now)


def _write(trade_in: TradeIn, kind: str, *, subject: str, body: str, now: datetime) -> bool:
    """Queue a letter to the owner, once of its kind; a phone nobody accepted has no owner known."""
    if trade_in.line is None:
        return False
    order = trade_in.line.order
    operator = parties.operator()
    return write_letter(
        key=f"trade_in:{trade_in.reference}:{kind}",
        kind=f"trade_in.{kind.partition(':')[0]}",
        to_address=order.email,
        subject=f"{subject} ({trade_in.reference})",
        body=f"Hello {order.buyer_name},\n\n{body}\n{trade_in_address(trade_in.reference)}\n\n"
        f"{operator.shop_name}\n{operator.support_email}\n",
        about=trade_in.reference,
        now=now,
    )


def _phone(trade_in: TradeIn) -> str:
    model = trade_in.variant.model
    return title_of(brand=model.brand.name, model=model.name)


def _value(trade_in: TradeIn) -> str:
    return format_money(Money(trade_in.value_minor, trade_in.currency))


def _day(at: datetime | None) -> str:
    """Return a day as the shop's clock shows it; an absent one cannot be written about."""
    if at is None:
        return "the last day"
    local = at.astimezone(ZoneInfo(parties.operator().time_zone))
    return f"{local.day} {local:%B %Y}"
