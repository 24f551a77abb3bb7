"""Addresses of the ledger's registers."""

from django.urls import URLPattern, path

from bulou.modules.ledger.views import absences, calling, excuse_requests, inbox, records, registers, signoff, watches

app_name = "ledger"
urlpatterns: list[URLPattern] = [
    path("regimes/", registers.regimes, name="regimes"),
    path("enrolments/", registers.enrolments, name="enrolments"),
    path("reports/", registers.records, name="records"),
    path("reports/<int:pk>", records.record, name="record"),
    path("reports/<int:pk>/lines.xlsx", records.record_lines, name="record_lines"),
    path("reminders/", inbox.inbox, name="inbox"),
    path("reminders/seen", inbox.acknowledge_all, name="acknowledge_all"),
    path("reminders/sent", calling.steps, name="steps"),
    path("reminders/<int:pk>", inbox.message, name="message"),
    path("reminders/<int:pk>/seen", inbox.acknowledge, name="acknowledge"),
    path("calls/<int:enrolment_id>/", calling.call, name="call"),
    path("calls/<int:enrolment_id>/note", calling.note, name="note"),
    path("calls/<int:enrolment_id>/<slug:outcome>", calling.note_more, name="note_more"),
    path("calls/<int:pk>/excuse/grant", calling.grant_excuse, name="grant_excuse"),
    path("excuses/", excuse_requests.requests, name="requests"),
    path("excuses/<int:pk>/grant", excuse_requests.grant, name="grant_request"),
    path("excuses/<int:pk>/decline", excuse_requests.decline, name="decline_request"),
    path("away/", absences.absences, name="absences"),
    path("away/new", absences.new_absence, name="new_absence"),
    path("away/<int:pk>/end", absences.end_absence, name="end_absence"),
    path("sign-off/", signoff.sign_off, name="sign_off"),
    path("sign-off/sign", signoff.sign, name="sign"),
    path("sign-off/send-back", signoff.send_back, name="send_back"),
    path("sign-off/day", signoff.set_day, name="set_day"),
    path("log/", watches.duty_log, name="duty_log"),
    path("log/begin/<slug:key>", watches.begin_watch, name="begin_watch"),
    path("log/<int:pk>", watches.watch, name="watch"),
    path("log/<int:pk>/write", watches.write_entry, name="write_entry"),
    path("log/<int:pk>/hand-over", watches.hand_over, name="hand_over"),
    path("log/<int:pk>/take-over", watches.take_over, name="take_over"),
]
