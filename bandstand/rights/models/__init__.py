"""The tables of rights."""

from bandstand.rights.models.grants import Approval, BrandStatement, Grant, SalePolicy

__all__ = ["Approval", "BrandStatement", "Grant", "SalePolicy"]
