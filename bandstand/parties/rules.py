"""Roles a person can act in."""

from enum import StrEnum


class Role(StrEnum):
    """In which capacity someone acts for a party."""

    OPERATOR = "operator"
    SELLER = "seller"
    BRAND = "brand"
