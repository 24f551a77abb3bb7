"""Expiry: content whose time is over is deleted for real, by a role that nothing else uses, and written in the expiry log.

The log is kept twice: in the database, sealed, and in BULOU_HOME/expiry.log, so that a restored backup forgets again what was
forgotten after it was taken.
"""
