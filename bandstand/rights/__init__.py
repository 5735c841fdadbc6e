"""Grants, brand statements and approvals: who may sell what, where."""
