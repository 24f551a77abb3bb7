"""Pages of operations and playbooks."""
