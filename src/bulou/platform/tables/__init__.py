"""Dense tables: filter, sort, keyset pages, choice of columns, Excel out."""
