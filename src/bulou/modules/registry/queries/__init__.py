"""Reads: what this viewer may see of places, units, people and households."""
