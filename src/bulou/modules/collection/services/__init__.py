"""Writes of the module: one verb each."""
