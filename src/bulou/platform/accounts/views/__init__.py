"""Pages of accounts: coming in, one's own account, the users' register."""
