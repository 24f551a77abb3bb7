"""Reads of the module: what this viewer may see."""
