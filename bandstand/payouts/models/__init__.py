"""The tables of sellers' money."""

from bandstand.payouts.models.accounts import PayoutAccount, PayoutRoute
from bandstand.payouts.models.runs import (
    Payout,
    PayoutCommand,
    PayoutFile,
    PayoutMoveRecord,
    PayoutNotice,
    PayoutResult,
    PayoutRun,
)
from bandstand.payouts.models.sandbox import SandboxPayout, SandboxPayoutEvent, SandboxReversal
from bandstand.payouts.models.shares import Payable, PayoutPolicy
from bandstand.payouts.models.statements import SellerStatement, StatementPdf

__all__ = [
    "Payable",
    "Payout",
    "PayoutAccount",
    "PayoutCommand",
    "PayoutFile",
    "PayoutMoveRecord",
    "PayoutNotice",
    "PayoutPolicy",
    "PayoutResult",
    "PayoutRoute",
    "PayoutRun",
    "SandboxPayout",
    "SandboxPayoutEvent",
    "SandboxReversal",
    "SellerStatement",
    "StatementPdf",
]
