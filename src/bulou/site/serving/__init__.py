"""Serving: the supervisor of `bulou up`, the server's command line, and what keeps slow clients from stopping the house."""
