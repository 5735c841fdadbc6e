"""Provenance: services."""
