"""
The demo shop: the invented operator Lark Mobile on real device and network facts.

Prices, sellers, grants, approvals and accounts are invented, and every page says so. Filling goes
through the same services as a real shop, so what the gate refuses here it refuses everywhere.
"""

from bandstand.config.demo.filling import fill, is_filled
from bandstand.config.demo.people import ACCOUNTS, PASSWORD, Account

__all__ = ["ACCOUNTS", "PASSWORD", "Account", "fill", "is_filled"]
