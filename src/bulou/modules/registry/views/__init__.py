"""Pages of the registry: parse, ask a query or call a service, render."""
