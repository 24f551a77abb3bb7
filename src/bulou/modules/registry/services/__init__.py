"""Writes: one verb per function, each with permission, rule, transaction and journal line."""
