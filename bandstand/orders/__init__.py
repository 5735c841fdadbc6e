"""Basket, checkout, orders, releases, passports."""
