"""Sessions in the database, with who and from where, so that a person can see and end them."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """The store Django asks for."""
