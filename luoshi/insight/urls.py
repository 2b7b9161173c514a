"""Addresses of boards, papers, a unit's work and the record."""

from django.urls import path

from luoshi.insight.views import board, layouts, official, papers, record, units

urlpatterns = [
    path("boards/layouts/", layouts.layouts, name="layouts"),
    path("boards/", board.listing, name="boards"),
    path("boards/<uuid:pk>/", board.board, name="board"),
    path("directives/<uuid:pk>/tasklist/", papers.page, name="tasklist"),
    path("directives/<uuid:pk>/tasklist.xlsx", papers.workbook, name="tasklist_xlsx"),
    path("directives/<uuid:pk>/notice.docx", official.notice, name="notice"),
    path("directives/<uuid:pk>/transmission.docx", official.record, name="transmission_docx"),
    path("directives/<uuid:pk>/tasklist.docx", papers.document, name="tasklist_docx"),
    path("units/<uuid:pk>/work/", units.work, name="unit_work"),
    path("record/", record.record, name="record"),
]
