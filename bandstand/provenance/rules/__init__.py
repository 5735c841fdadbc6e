"""Provenance: rules."""
