"""Money commands through a gateway, and what providers report back."""
