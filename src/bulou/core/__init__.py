"""What is owed, what was done about it, and how it stands: the definition every figure of Bulou is held to.

Pure values and pure functions: no Django, no clock, no I/O, no randomness. Every moment is an aware
`datetime` that the caller passes in; every span is half-open. Written to be read by an auditor, not to be fast:
the ledger module has the fast path, and its tests hold it equal to this package. The rules in words, with worked
days that are run as tests: docs/ledger.md.
"""
