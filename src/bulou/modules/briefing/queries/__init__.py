"""Reads of briefing: the figures, the report made of them, what was issued."""
