"""Sellers' offers, single units, reservations, the shelf."""
