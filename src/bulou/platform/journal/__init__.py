"""Who did what, on whom, when and why: append-only, sealed into a chain, and the log of looks at sensitive rows."""
