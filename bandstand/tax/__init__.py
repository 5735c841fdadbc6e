"""Tax on a sale: rates with their sources, quotes that are kept, and what is owed to whom."""
