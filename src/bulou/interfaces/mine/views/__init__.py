"""Pages of my duties and of entry."""
