"""Registry: the places, units, people and households everything else is about, and who may see which of them.

It watches that nobody counts twice and nobody is missing from the roll. It keeps no duties (ledger) and no notes about a person's welfare.
"""
