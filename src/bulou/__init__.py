"""Bulou 不漏: who owes what, who has not delivered, and what to do about it."""

__version__ = "0.1.0"
