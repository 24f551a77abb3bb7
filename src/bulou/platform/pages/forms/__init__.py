"""The form kit: a base form with its keys, and `answer`, which runs a service and shows whatever it says."""

from bulou.platform.pages.forms.answering import answer
from bulou.platform.pages.forms.base import Form
from bulou.platform.pages.forms.picking import Pick, Picks, picked

__all__ = ["Form", "Pick", "Picks", "answer", "picked"]
