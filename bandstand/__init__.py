"""Bandstand: a device marketplace for mobile operators that own no network."""
