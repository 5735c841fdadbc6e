"""The money owed for phones, on its way to their owners' bank accounts."""

from typing import Final

from bandstand.console.desk import Desk, money
from bandstand.console.pages.trade_in import HERE, owed_stats
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell
from bandstand.trade_in import queries
from bandstand.trade_in.queries import CreditPayoutRow
from bandstand.trade_in.rules import PayoutState

PAYOUT_WORDS: Final = {
    PayoutState.ASKED: ("To be proposed", "part"),
    PayoutState.PROPOSED: ("To be confirmed", "part"),
    PayoutState.SENT: ("With the bank", "info"),
    PayoutState.PAID: ("Paid", "good"),
    PayoutState.FAILED: ("Did not go", "bad"),
}
DEEDS: Final = {
    PayoutState.ASKED: [("propose", "Propose it"), ("turn_down", "Turn it down")],
    PayoutState.PROPOSED: [
        ("confirm", "Confirm it: the books move"),
        ("turn_down", "Turn it down"),
    ],
    PayoutState.SENT: [
        ("show", "Show me the account"),
        ("paid", "The bank has paid it"),
        ("failed", "The bank gave it back"),
    ],
}


def payouts_page(desk: Desk) -> Listing:
    """Return the money owed for phones that waits for a person or for the bank."""
    return Listing(
        title="Money owed for phones",
        lead="What no plan could take goes to its owner’s bank account. One person proposes,"
        " another confirms.",
        stats=tuple(owed_stats()),
        table=payouts_table(queries.open_payouts(), desk=desk),
        pages=ONE_PAGE,
        empty_title="Nobody waits for money",
        empty_text="Owners give their bank account on the page of their trade-in.",
    )


def payout_facts(one: CreditPayoutRow) -> tuple[Fact, ...]:
    """Return what is known of a payout; the account only by its end."""
    facts = [
        Fact("Trade-in", one.reference),
        Fact("Amount", money(one.amount)),
        Fact("To", one.account_masked),
        Fact("State", PAYOUT_WORDS[one.state][0]),
    ]
    if one.proposed_by:
        facts.append(Fact("Proposed by", one.proposed_by))
    return tuple(facts)


def payouts_table(rows: tuple[CreditPayoutRow, ...], *, desk: Desk) -> Table:
    """Return payouts as a table; one that waits leads to what may be done about it."""
    return Table(
        caption="Payouts",
        columns=plain_headings(
            Column("Trade-in"),
            Column("State"),
            Column("Amount", is_number=True),
            Column("To"),
            Column("Asked"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.reference),
                    pill(*PAYOUT_WORDS[one.state], note=one.words),
                    number(money(one.amount)),
                    Cell(one.account_masked),
                    time_cell(one.asked_at, zone=desk.zone),
                ),
                url=f"{HERE}payouts/{one.id}/" if one.state in DEEDS else "",
            )
            for one in rows
        ),
    )
