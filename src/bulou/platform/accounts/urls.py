"""Addresses."""

from django.urls import URLPattern, path

from bulou.platform.accounts.views import entering, own, users

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("log-in", entering.log_in, name="log_in"),
    path("log-in/code", entering.enter_code, name="enter_code"),
    path("log-out", entering.log_out, name="log_out"),
    path("", own.account, name="account"),
    path("password", own.change_password, name="change_password"),
    path("second-factor", own.second_factor, name="second_factor"),
    path("second-factor/begin", own.begin_second_factor, name="begin_second_factor"),
    path("second-factor/confirm", own.confirm_second_factor, name="confirm_second_factor"),
    path("second-factor/codes", own.renew_codes, name="renew_codes"),
    path("second-factor/remove", own.remove_second_factor, name="remove_second_factor"),
    path("sessions/end-others", own.end_other_sessions, name="end_other_sessions"),
    path("sessions/<uuid:handle>/end", own.end_session, name="end_session"),
    path("users/", users.users, name="users"),
    path("users/new", users.new_user, name="new_user"),
    path("users/<int:user_id>", users.user, name="user"),
    path("users/<int:user_id>/edit", users.edit_user, name="edit_user"),
    path("users/<int:user_id>/reset-password", users.reset_password, name="reset_password"),
    path("users/<int:user_id>/deactivate", users.deactivate_user, name="deactivate_user"),
    path("users/<int:user_id>/activate", users.activate_user, name="activate_user"),
    path("users/<int:user_id>/unlock", users.unlock_user, name="unlock_user"),
    path("users/<int:user_id>/remove-factor", users.remove_factor_of, name="remove_factor_of"),
    path("users/<int:user_id>/end-sessions", users.end_sessions_of, name="end_sessions_of"),
]
