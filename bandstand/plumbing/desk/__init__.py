"""What every desk's pages are made of: a frame, tables, lists, exports, pictures. No domain."""
