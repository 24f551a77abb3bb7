"""The vault: the county's key ring, and sealing, unsealing and finding of values by keyed hash.

Keys lie in BULOU_HOME/keys, outside the database and its dumps. It is not a password store, and it decides nothing about who may
read: callers check that and log the look before they unseal.
"""

from bulou.platform.vault.columns import SealedColumn, rotate
from bulou.platform.vault.ring import Ring, add_data_key, create, load, use
from bulou.platform.vault.sealing import blind, key_id_of, seal, seal_bytes, unseal, unseal_bytes
from bulou.platform.vault.sheet import recovery_sheet, restore_from_sheet

__all__ = [
    "Ring", "SealedColumn", "add_data_key", "blind", "create", "key_id_of", "load", "recovery_sheet", "restore_from_sheet", "rotate",
    "seal", "seal_bytes", "unseal", "unseal_bytes", "use",
]  # fmt: skip
