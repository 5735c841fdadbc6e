"""Provenance: queries."""
