"""Reads of the superior's sheets: the file, what may fill it, what fills it, what it says as of a moment."""
