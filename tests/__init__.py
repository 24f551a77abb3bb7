"""Tests of the house as a whole; a module keeps its own."""
