"""Pure decisions about places, units, people and households."""
