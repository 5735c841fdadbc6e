"""Accounts and balanced, append-only transfers."""
