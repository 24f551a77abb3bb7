"""Samples of the accounts' addresses."""

from __future__ import annotations

from uuid import UUID

from tests.kit.samples import Sample, World


def samples(world: World) -> dict[str, Sample]:
    """One's own account takes posts; users are the administrator's, wherever they work."""
    post = Sample(status=405)
    user = {"user_id": world.cast.medic.user.pk}
    return {
        "log_in": Sample(status=302, answers={"nobody": 200}),
        "enter_code": Sample(status=302),
        "log_out": post,
        "begin_second_factor": post,
        "confirm_second_factor": post,
        "end_other_sessions": post,
        "end_session": Sample({"handle": UUID(int=1)}, status=405),
        "user": Sample(user),
        "edit_user": Sample(user),
        **{name: Sample(user, status=405) for name in _VERBS},
    }


_VERBS = ("reset_password", "deactivate_user", "activate_user", "unlock_user", "remove_factor_of", "end_sessions_of")
