"""
What buyers, sellers and notifiers are told, word for word.

A buyer reads one sentence why, then what happens with the money, then where to look for another
phone.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bandstand.money import Money, format_money


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a letter."""

    subject: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BuyerFacts:
    """What a letter to a buyer is made of."""

    shop_name: str
    support_email: str
    buyer_name: str
    order_number: str
    title: str
    reason: str
    """The hold's public sentence."""
    due_at: datetime
    time_zone: str
    order_url: str
    alternatives_url: str
    locale: str = "en_US"


def cancelled_and_refunded(facts: BuyerFacts, *, amount: Money, had_plan: bool) -> Letter:
    """Return the letter to a buyer who had paid and whose phone had not left."""
    plan = " Your payment plan is cancelled: you owe nothing more." if had_plan else ""
    return _letter(
        facts,
        subject=f"We cancelled your {facts.title} and are giving your money back",
        happened=_not_sent(facts),
        money=(
            f"We are giving back {_written(amount, facts)}, all you paid for it, to the card "
            "you paid "
            f"with, by {_day(facts)} at the latest. You need do nothing.{plan}"
        ),
    )


def cancelled_and_voided(facts: BuyerFacts, *, had_plan: bool) -> Letter:
    """Return the letter to a buyer whose card was reserved and not charged."""
    plan = " Your payment plan never began: you owe nothing." if had_plan else ""
    return _letter(
        facts,
        subject=f"We cancelled your {facts.title}; your card is not charged",
        happened=_not_sent(facts),
        money=(
            "We do not charge your card for it. What your bank had set aside is released, "
            "and should "
            f"a charge have gone through in these minutes it is given back, by {_day(facts)} "
            "at the "
            f"latest. You need do nothing.{plan}"
        ),
    )


def return_offered(facts: BuyerFacts, *, amount: Money) -> Letter:
    """Return the letter to a buyer whose phone is on its way or has arrived."""
    return _letter(
        facts,
        subject=f"Your {facts.title}: keep it, or send it back at our cost",
        happened=(
            f"This is about the {facts.title} of order {facts.order_number}, which has left our "
            f"house. {facts.reason}"
        ),
        money=(
            "The choice is yours.\n\n"
            "Keep it: your order stands as it is, with the warranty and the return time you were "
            "promised.\n\n"
            f"Send it back: we pay the way back and give you {_written(amount, facts)}, all "
            "you paid "
            "for it; a payment plan ends and what you paid on it comes back too. Answer this "
            "letter "
            f"or write to {facts.support_email} and we send you a label."
        ),
    )


def made_whole(facts: BuyerFacts, *, amount: Money | None) -> Letter:
    """Return the letter that the money is back; no amount where the card was never charged."""
    money = (
        f"We gave back {_written(amount, facts)} to the card you paid with. Your bank may "
        "take a few "
        "days to show it."
        if amount is not None
        else "The amount your bank had set aside is released; your card was not charged."
    )
    return _letter(
        facts,
        subject=f"Settled: your {facts.title} of order {facts.order_number}",
        happened=f"The cancellation of the {facts.title} of order {facts.order_number} is settled.",
        money=money,
    )


def checkout_stopped(facts: BuyerFacts) -> Letter:
    """Return the letter to a buyer who was about to pay."""
    return _letter(
        facts,
        subject=f"The {facts.title} can no longer be bought",
        happened=f"You were about to buy the {facts.title}. {facts.reason}",
        money="No order was made and your card is not charged. Your basket is kept.",
    )


def statement_sent(
    *,
    shop_name: str,
    seller_name: str,
    facts_text: str,
    ground: str,
    redress: str,
    support_email: str,
) -> Letter:
    """Return the letter that carries a statement of reasons to a seller."""
    return Letter(
        subject=f"Your offers were stopped on {shop_name}: our reasons",
        body=(
            f"Dear {seller_name},\n\n{facts_text}\n\nGround: {ground}\n\n"
            f"If you see it otherwise: {redress}\n\nWrite to {support_email}.\n\n{shop_name}\n"
        ),
    )


def notice_in_force(
    *, shop_name: str, party_name: str, number: str, stopped: str, effective_at: datetime
) -> Letter:
    """Return the letter that tells a notifier what became of their notice."""
    return Letter(
        subject=f"Notice {number} is in force",
        body=(
            f"Dear {party_name},\n\nYour notice {number} took effect at "
            f"{effective_at:%Y-%m-%d %H:%M:%S} UTC. {stopped} Nothing in its scope is sold, "
            "charged "
            "or shipped from that instant, and those who had bought are being made whole.\n\n"
            "The decision was taken automatically because your account is verified for this brand. "
            "The sellers were told why and may answer with evidence; we then decide afresh "
            "and tell "
            f"you.\n\n{shop_name}\n"
        ),
    )


def hold_ended(
    *, shop_name: str, name: str, reason: str, ended_at: datetime, is_provisional: bool
) -> Letter:
    """Return the letter that tells a seller or a notifier that a stop ended by itself."""
    why = (
        "It was provisional, and it was not confirmed within its time."
        if is_provisional
        else "It was placed until that instant."
    )
    return Letter(
        subject=f"A stop on {shop_name} has ended",
        body=(
            f"Dear {name or 'sir or madam'},\n\nThe stop for this reason ended at "
            f"{ended_at:%Y-%m-%d %H:%M:%S} UTC: {reason}\n\n{why} What it covered may be sold "
            "again from that instant, unless another stop covers it too.\n\n"
            f"{shop_name}\n"
        ),
    )


def hold_confirmed(*, shop_name: str, reason: str, confirmed_at: datetime) -> Letter:
    """Return the letter that tells a notifier that a provisional stop was confirmed."""
    return Letter(
        subject=f"Your notice to {shop_name} was confirmed",
        body=(
            "Dear sir or madam,\n\nSomebody of our staff has looked at your notice and confirmed "
            f"the stop at {confirmed_at:%Y-%m-%d %H:%M:%S} UTC: {reason}\n\nIt now stands until "
            f"it is lifted.\n\n{shop_name}\n"
        ),
    )


def _letter(facts: BuyerFacts, *, subject: str, happened: str, money: str) -> Letter:
    order = f"Your order: {facts.order_url}\n" if facts.order_url else ""
    return Letter(
        subject=subject[:200],
        body=(
            f"Dear {facts.buyer_name or 'customer'},\n\n{happened}\n\n{money}\n\n"
            f"{order}Phones like it that you can buy today: {facts.alternatives_url}\n\n"
            f"We are sorry for the trouble. Questions: {facts.support_email}\n\n{facts.shop_name}\n"
        ),
    )


def _not_sent(facts: BuyerFacts) -> str:
    return f"We cannot send you the {facts.title} of order {facts.order_number}. {facts.reason}"


def _written(amount: Money, facts: BuyerFacts) -> str:
    return format_money(amount, locale=facts.locale)


def _day(facts: BuyerFacts) -> str:
    # A deadline is the midnight that ends its day; the day named is the one before it.
    last = facts.due_at.astimezone(ZoneInfo(facts.time_zone))
    day = last.date() if last.time() != last.min.time() else (last - last.resolution).date()
    return f"{day:%B} {day.day}, {day.year}"
