"""Writes of briefing: issuing, and what a playbook's section asks for."""
