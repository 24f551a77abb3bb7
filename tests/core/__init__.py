"""Tests of core; histories.py is also used by the tests that hold the ledger's fast path equal to core."""
