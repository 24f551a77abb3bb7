"""Tests of the site: commands, serving, set-up."""
