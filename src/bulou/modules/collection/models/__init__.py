"""The tables of the module: forms and their versions, tokens of devices and links, submissions and what is held of them."""

from bulou.modules.collection.models.forms import Form, FormVersion, Media
from bulou.modules.collection.models.submissions import Attachment, Held, Joined, Submission
from bulou.modules.collection.models.tokens import Token

__all__ = ["Attachment", "Form", "FormVersion", "Held", "Joined", "Media", "Submission", "Token"]
