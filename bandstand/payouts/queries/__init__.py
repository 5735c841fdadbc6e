"""Reads of sellers' money."""

from bandstand.payouts.queries.accounts import (
    SellerMoneyRow,
    balance_of,
    payable_now,
    seller_key,
    sellers_money,
)
from bandstand.payouts.queries.runs import (
    PayableRow,
    PayoutRow,
    PolicyRow,
    RunRow,
    payables_of,
    payout_policies,
    payouts_of_run,
    payouts_of_seller,
    run,
    runs,
)
from bandstand.payouts.queries.statements import (
    SellerStatement,
    StatementLine,
    YearRow,
    seller_statement,
    year_report,
)

__all__ = [
    "PayableRow",
    "PayoutRow",
    "PolicyRow",
    "RunRow",
    "SellerMoneyRow",
    "SellerStatement",
    "StatementLine",
    "YearRow",
    "balance_of",
    "payable_now",
    "payables_of",
    "payout_policies",
    "payouts_of_run",
    "payouts_of_seller",
    "run",
    "runs",
    "seller_key",
    "seller_statement",
    "sellers_money",
    "year_report",
]
