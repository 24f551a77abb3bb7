"""Reads: operations in scope, playbooks that ship, the verdict on a playbook's text, and what applying it would change."""
