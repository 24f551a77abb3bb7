"""Users and how they come in: log-in, lock-out, second factor, sessions. A user is not a person of the registry."""
