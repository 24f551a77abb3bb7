"""Pytest plugins of the house: database, browser, conformance count."""
