"""Pure rules of the ledger: calendars as a playbook writes them, filters, sign-off lines."""
