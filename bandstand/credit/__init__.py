"""Instalment plans and what must be disclosed about them."""
