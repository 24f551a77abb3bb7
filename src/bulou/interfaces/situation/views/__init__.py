"""Pages of the situation room: read the address, ask the ledger, draw."""
