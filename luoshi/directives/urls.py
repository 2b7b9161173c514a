"""Addresses of directives, their clauses and their plan."""

from django.urls import path

from luoshi.directives.views import details, lines, listing, oldlists, plan, road, slip, triage

app_name = "directives"
CLAUSE = "clauses/<uuid:pk>/"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("new/", listing.new, name="new"),
    path("keys/", plan.keys, name="keys"),
    path("old/", oldlists.listing, name="old"),
    path("old/check/<uuid:pk>/", oldlists.check, name="old_check"),
    path("old/<uuid:pk>/", oldlists.old_list, name="old_list"),
    path("old/<uuid:pk>/withdraw/", oldlists.withdraw, name="old_withdraw"),
    path("<uuid:pk>/", triage.page, name="page"),
    path("<uuid:pk>/source/", listing.source, name="source"),
    path("<uuid:pk>/withdraw/", listing.withdraw, name="withdraw"),
    path("<uuid:pk>/confirm/", triage.confirm, name="confirm"),
    path("<uuid:pk>/mark/", triage.mark, name="mark"),
    path("<uuid:pk>/plan/", plan.plan, name="plan"),
    path("<uuid:pk>/lines/", lines.page, name="lines"),
    path("<uuid:pk>/road/", road.page, name="road"),
    path("<uuid:pk>/road/consult/", road.consult, name="consult"),
    path("<uuid:pk>/road/send/", road.send, name="send"),
    path("consultations/<uuid:pk>/close/", road.close, name="consultation_close"),
    path("consultees/<uuid:pk>/", road.consultee, name="consultee"),
    path("consultees/<uuid:pk>/comment/", road.comment, name="comment"),
    path("comments/<uuid:pk>/answer/", road.answer, name="answer"),
    path("approvals/<uuid:pk>/take-back/", road.take_back, name="take_back"),
    path("approvals/<uuid:pk>/verdict/", road.verdict, name="verdict"),
    path("approvals/<uuid:pk>/paper/", road.on_paper, name="on_paper"),
    path("approvals/<uuid:pk>/scan/", road.scan, name="scan"),
    path("approvals/<uuid:pk>/slip/", slip.page, name="slip"),
    path("approvals/<uuid:pk>/slip.docx", slip.document, name="slip_docx"),
    path("tasks/<uuid:pk>/details/", details.details, name="details"),
    path("tasks/<uuid:pk>/units/", plan.units, name="units"),
    path("tasks/<uuid:pk>/remove/", plan.remove, name="remove"),
    path(CLAUSE + "triage/", triage.triage, name="triage"),
    path(CLAUSE + "undo/", triage.undo, name="undo"),
    path(CLAUSE + "fill/", triage.fill, name="fill"),
    path(CLAUSE + "fields/", triage.fields, name="fields"),
    path(CLAUSE + "leader/", triage.leader, name="leader"),
    path(CLAUSE + "further/", triage.further, name="further"),
    path(CLAUSE + "span/", triage.span, name="span"),
    path(CLAUSE + "split/", triage.split, name="split"),
    path(CLAUSE + "merge/", triage.merge, name="merge"),
    path(CLAUSE + "dismiss/", triage.dismiss, name="dismiss"),
    path(CLAUSE + "restore/", triage.restore, name="restore"),
]
