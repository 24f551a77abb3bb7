"""OpenRosa: what ODK Collect and every app of its kind speaks. Lists of forms, the forms themselves, and the door for submissions.

It owns no data and decides nothing: forms, tokens and submissions are collection's. docs/openrosa.md.
"""
