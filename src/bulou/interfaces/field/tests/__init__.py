"""Tests of the field pages."""
