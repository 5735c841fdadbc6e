"""Notices, cases, remedies, statements of reasons."""
