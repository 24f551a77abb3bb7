"""Made-up people for exercises, tests and measurements: as a county's people are spread over names, ages and households, and nobody's.

Deterministic: one seed gives one county. Identity numbers begin with 00, which was never an area; telephones with 154, which was never given to an
operator: neither can be somebody's. Names are drawn from lists of common parts. It writes nothing itself (see filling).
"""
