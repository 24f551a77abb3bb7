"""Writes: an operation is activated, a playbook applied, a level set, an item changed by hand, an operation stood down."""

from bulou.modules.operations.services.applying import activate_operation, apply_playbook, set_level
from bulou.modules.operations.services.by_hand import override_item, take_back_override
from bulou.modules.operations.services.ending import stand_down

__all__ = ["activate_operation", "apply_playbook", "override_item", "set_level", "stand_down", "take_back_override"]
