"""Writes of briefing: issuing, and what a playbook's section asks for."""

from bulou.modules.briefing.services.issuing import issue_briefing

__all__ = ["issue_briefing"]
