"""The ledger: who owes what about whom, by when; what was done about it; how it adds up.

The definition is bulou.core; this module computes the same fast, and its tests hold it equal. Not a face: the situation room, my duties
and the entry pages stand on its services and queries.
"""
