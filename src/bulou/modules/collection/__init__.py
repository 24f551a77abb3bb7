"""Forms that people fill where the work is, and what they send: versions of forms, devices, submissions, what is held for a person.

It turns a submission into a record of the ledger and judges nothing: who owes what and what counts is the ledger's. It is not a place for
entry by clerks (interfaces.mine) and knows no protocol (interfaces.openrosa).
"""
