"""Briefing: the day's situation report of an operation, written from its playbook's parts, every figure open to its rows.

It watches that an issued report can be counted again: text, figures and their definitions are frozen with the head of the journal. It
counts nothing of its own: organisation comes from the registry, coverage from the ledger.
"""
