"""Addresses of directives, their clauses and their plan."""

from django.urls import path

from luoshi.directives.views import listing, plan, triage

app_name = "directives"
CLAUSE = "clauses/<uuid:pk>/"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("new/", listing.new, name="new"),
    path("keys/", plan.keys, name="keys"),
    path("<uuid:pk>/", triage.page, name="page"),
    path("<uuid:pk>/source/", listing.source, name="source"),
    path("<uuid:pk>/withdraw/", listing.withdraw, name="withdraw"),
    path("<uuid:pk>/confirm/", triage.confirm, name="confirm"),
    path("<uuid:pk>/mark/", triage.mark, name="mark"),
    path("<uuid:pk>/plan/", plan.plan, name="plan"),
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
