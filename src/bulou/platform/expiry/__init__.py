"""Forgetting: content whose time is over is deleted for real, and that it was is written down."""
