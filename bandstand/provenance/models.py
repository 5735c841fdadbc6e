"""The tables of provenance."""
