"""The situation room: how an operation stands, who is missing, what changed. Reads the ledger's queries and writes nothing but journal lines."""
