"""Pages of the ledger: its registers."""
