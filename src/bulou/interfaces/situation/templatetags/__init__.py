"""Filters of the situation room."""
