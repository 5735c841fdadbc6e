"""Posting, sealing and proving: the only ways the books are written."""

from bandstand.ledger.services.posting import post, post_batch, reverse
from bandstand.ledger.services.sealing import SealRow, fold_balances, prove_books, seal_books

__all__ = [
    "SealRow",
    "fold_balances",
    "post",
    "post_batch",
    "prove_books",
    "reverse",
    "seal_books",
]
