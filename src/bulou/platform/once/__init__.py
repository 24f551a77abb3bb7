"""Writes that can be sent again: the second time changes nothing and answers the same."""
