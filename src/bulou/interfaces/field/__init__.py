"""The field in a browser: forms filled on a phone without an app, on a bad line or none. It owns no data: forms, links and submissions are
collection's, what somebody owes the ledger's; everything that is sent goes through the one door that ODK Collect uses.
"""
