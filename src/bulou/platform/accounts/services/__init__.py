"""Writes of accounts: coming in and leaving, second factors, passwords, users, sessions. One verb each, with its journal line."""

from bulou.platform.accounts.services.entering import check_password, enter, enter_with_code, leave
from bulou.platform.accounts.services.factors import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    remove_second_factor_of,
    renew_recovery_codes,
    use_code,
)
from bulou.platform.accounts.services.passwords import change_password, reset_password
from bulou.platform.accounts.services.sessions import (
    clear_sessions,
    end_other_sessions,
    end_session,
    end_sessions_of,
    note_seen,
)
from bulou.platform.accounts.services.users import (
    activate_user,
    create_first_administrator,
    create_user,
    deactivate_user,
    edit_user,
    unlock_user,
)

__all__ = [
    "activate_user",
    "begin_second_factor",
    "change_password",
    "check_password",
    "clear_sessions",
    "confirm_second_factor",
    "create_first_administrator",
    "create_user",
    "deactivate_user",
    "edit_user",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "enter",
    "enter_with_code",
    "leave",
    "note_seen",
    "remove_second_factor",
    "remove_second_factor_of",
    "renew_recovery_codes",
    "reset_password",
    "unlock_user",
    "use_code",
]
