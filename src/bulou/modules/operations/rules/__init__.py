"""Pure decisions about playbooks: what is on at a level, what overrides say, and where the two meet."""
