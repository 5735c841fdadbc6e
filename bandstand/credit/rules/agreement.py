"""A credit agreement as its reader meets it: figures, terms, payments, notices. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bandstand.credit.rules.disclosure import PriceDisclosure, ScheduleRow
from bandstand.credit.rules.regimes import LawItem, Regulation, filled
from bandstand.money import Money, format_money

NO_LATE_FEE = "There is no fee for a late payment."


@dataclass(frozen=True, slots=True)
class CreditsText:
    """Credits promised with a plan: what they are, what they hang on, and each with its day."""

    words: str
    conditions: tuple[str, ...]
    rows: tuple[tuple[int, str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the credits as text."""
        return {
            "words": self.words,
            "conditions": list(self.conditions),
            "rows": [list(row) for row in self.rows],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """Who agrees with whom about what, as text."""

    creditor: str
    """Legal name and address of who lends."""
    support: str
    buyer: str
    buyer_address: str
    buyer_email: str
    device: str
    seller: str
    locale: str
    late_words: str = NO_LATE_FEE
    late_fee: Mapping[str, Any] | None = None
    """The terms of the late fee that the words tell; without them none is ever charged."""
    credits: CreditsText | None = None
    """Credits promised with the plan; its figures are those without them."""


@dataclass(frozen=True, slots=True)
class AgreementItem:
    """One thing the buyer is told, with the clause that wants it."""

    key: str
    label: str
    text: str
    note: str
    law: str
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment."""

    number: int
    due: str
    amount: str
    principal: str
    interest: str


@dataclass(frozen=True, slots=True)
class AgreementText:
    """The whole agreement as text in its order."""

    title: str
    regulation: str
    facts: AgreementFacts
    contract_date: str
    box: tuple[AgreementItem, ...]
    items: tuple[AgreementItem, ...]
    payments: tuple[PaymentLine, ...]
    notices: tuple[AgreementItem, ...]
    derivation: tuple[str, ...]
    disclosure_sha256: str

    def as_json(self) -> dict[str, Any]:
        """Return the agreement as text only, so that its bytes are canonical."""
        # Without a late fee the bytes are those of agreements from before there were any.
        fee = {} if self.facts.late_fee is None else {"late_fee": dict(self.facts.late_fee)}
        promised = {} if self.facts.credits is None else {"credits": self.facts.credits.as_json()}
        return {
            **fee,
            **promised,
            "version": "bandstand.agreement/1",
            "title": self.title,
            "regulation": self.regulation,
            "creditor": self.facts.creditor,
            "buyer": [self.facts.buyer, self.facts.buyer_address, self.facts.buyer_email],
            "device": self.facts.device,
            "seller": self.facts.seller,
            "contract_date": self.contract_date,
            "items": [[one.label, one.text, one.law] for one in (*self.box, *self.items)],
            "payments": [[one.number, one.due, one.amount] for one in self.payments],
            "notices": [[one.label, one.text, one.law] for one in self.notices],
            "disclosure_sha256": self.disclosure_sha256,
        }


def agreement_text(
    told: PriceDisclosure, *, facts: AgreementFacts, regulation: Regulation
) -> AgreementText:
    """Return the agreement of a plan, in the words that its market's law wants."""
    words = _words(told, facts=facts)
    items = [_item(one, words) for one in regulation.items_for(told)]
    boxed = {one.key for one in regulation.items_for(told) if one.is_boxed}
    return AgreementText(
        title=regulation.title,
        regulation=regulation.name,
        facts=facts,
        contract_date=f"{told.contract_date:%-d %B %Y}",
        box=tuple(one for one in items if one.key in boxed),
        items=tuple(one for one in items if one.key not in boxed),
        payments=tuple(_payment(row, locale=facts.locale) for row in told.schedule),
        notices=tuple(_item(one, words) for one in regulation.notices_for(told)),
        derivation=told.derivation,
        disclosure_sha256=told.sha256,
    )


def _words(told: PriceDisclosure, *, facts: AgreementFacts) -> Mapping[str, str]:
    def shown(amount: Money) -> str:
        return format_money(amount, facts.locale)

    return {
        "apr": told.apr_text,
        "rate": f"{Decimal(told.annual_rate_bps).scaleb(-2):.2f} %",
        "price": shown(told.price),
        "down_payment": shown(told.down_payment),
        "finance_charge": shown(told.finance_charge),
        "amount_financed": shown(told.amount_financed),
        "total_of_payments": shown(told.total_of_payments),
        "total_sale_price": shown(told.total_sale_price),
        "payments_text": ", then ".join(told.payment_lines),
        "first_due": f"{told.first_due_date:%-d %B %Y}",
        "creditor": facts.creditor,
        "support": facts.support,
        "late_words": facts.late_words,
    }


def _item(item: LawItem, words: Mapping[str, str]) -> AgreementItem:
    return AgreementItem(
        key=item.key,
        label=item.label,
        text=filled(item.text, words),
        note=filled(item.note, words),
        law=item.source.law,
        is_loud=item.is_loud,
    )


def _payment(row: ScheduleRow, *, locale: str) -> PaymentLine:
    return PaymentLine(
        number=row.number,
        due=f"{row.due_on:%-d %B %Y}",
        amount=format_money(row.total, locale),
        principal=format_money(row.principal, locale),
        interest=format_money(row.interest, locale),
    )
