"""Addresses of the work."""

from django.urls import path

from luoshi.duties.views import handing, lists, mine, occurrence, offline, quick, transmission

urlpatterns = [
    path("", mine.mine, name="mine"),
    path("occurrences/<uuid:pk>/", occurrence.page, name="occurrence"),
    path("occurrences/<uuid:pk>/submit/", occurrence.submit, name="occurrence_submit"),
    path("occurrences/<uuid:pk>/review/", occurrence.review, name="occurrence_review"),
    path("occurrences/<uuid:pk>/waive/", occurrence.waive, name="occurrence_waive"),
    path("occurrences/<uuid:pk>/files/<uuid:file_id>/", occurrence.file, name="occurrence_file"),
    path("assignments/<uuid:pk>/", handing.assignment, name="assignment"),
    path("assignments/<uuid:pk>/break-down/", handing.break_down, name="assignment_break_down"),
    path("offline/", offline.page, name="offline"),
    path("offline/workbooks/", offline.workbooks, name="offline_workbooks"),
    path("offline/sheets/", offline.sheets, name="offline_sheets"),
    path("offline/upload/", offline.upload, name="offline_upload"),
    path("offline/returned/<uuid:pk>/", offline.returned, name="offline_returned"),
    path("directives/quick/", quick.quick, name="quick"),
    path("directives/<uuid:pk>/issue/", handing.issue, name="issue"),
    path("directives/<uuid:pk>/transmission/", transmission.page, name="transmission"),
    path("directives/<uuid:pk>/receive/", transmission.receive, name="receive"),
    path("duty-lists/", lists.listing, name="duty_lists"),
    path("duty-lists/of/", lists.of, name="duty_lists_of"),
    path("duty-lists/lines/<uuid:pk>/", lists.line, name="duty_list_line"),
    path("duty-lists/<uuid:pk>/", lists.page, name="duty_list"),
    path("duty-lists/<uuid:pk>/add/", lists.add, name="duty_list_add"),
    path("duty-lists/<uuid:pk>/confirm/", lists.confirm, name="duty_list_confirm"),
    path("duty-lists/<uuid:pk>/sign/", lists.sign, name="duty_list_sign"),
    path("duty-lists/<uuid:pk>/on-paper/", lists.on_paper, name="duty_list_on_paper"),
    path("duty-lists/<uuid:pk>/withdraw/", lists.withdraw, name="duty_list_withdraw"),
    path("duty-lists/<uuid:pk>/sheet/", lists.sheet, name="duty_list_sheet"),
    path("duty-lists/<uuid:pk>/list.docx", lists.document, name="duty_list_docx"),
    path("duty-lists/<uuid:pk>/scan/", lists.scan, name="duty_list_scan"),
]
