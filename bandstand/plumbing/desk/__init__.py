"""What every desk's pages are made of: a frame, tables, lists with filters, exports, pictures. No domain."""
