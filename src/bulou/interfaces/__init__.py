"""Doors to the modules for other machines and for whole faces of the product. They sit above every module."""
