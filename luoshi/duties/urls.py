"""Addresses of the work."""

from django.urls import path

from luoshi.duties.views import (
    guidance,
    handing,
    mine,
    objectives,
    occurrence,
    offline,
    quick,
    transmission,
)

urlpatterns = [
    path("", mine.mine, name="mine"),
    path("occurrences/<uuid:pk>/", occurrence.page, name="occurrence"),
    path("occurrences/<uuid:pk>/submit/", occurrence.submit, name="occurrence_submit"),
    path("occurrences/<uuid:pk>/review/", occurrence.review, name="occurrence_review"),
    path("occurrences/<uuid:pk>/waive/", occurrence.waive, name="occurrence_waive"),
    path("occurrences/<uuid:pk>/files/<uuid:file_id>/", occurrence.file, name="occurrence_file"),
    path("assignments/<uuid:pk>/", handing.assignment, name="assignment"),
    path("assignments/<uuid:pk>/break-down/", handing.break_down, name="assignment_break_down"),
    path("guidance/", guidance.listing, name="guidance"),
    path("guidance/new/", guidance.new, name="guidance_new"),
    path("guidance/<uuid:pk>/", guidance.note, name="guidance_note"),
    path("guidance/<uuid:pk>/answer/", guidance.answer, name="guidance_answer"),
    path("guidance/<uuid:pk>/effect/", guidance.effect, name="guidance_effect"),
    path("guidance/<uuid:pk>/withdraw/", guidance.withdraw, name="guidance_withdraw"),
    path("guidance/<uuid:pk>/files/<uuid:file_id>/", guidance.file, name="guidance_file"),
    path("objectives/", objectives.listing, name="objectives"),
    path("objectives/new/", objectives.new, name="objective_new"),
    path("objectives/<uuid:pk>/", objectives.objective, name="objective"),
    path("objectives/<uuid:pk>/change/", objectives.edit, name="objective_change"),
    path("objectives/<uuid:pk>/values/", objectives.value, name="objective_value"),
    path("objectives/<uuid:pk>/tasks/", objectives.tasks, name="objective_tasks"),
    path("objectives/<uuid:pk>/close/", objectives.close, name="objective_close"),
    path("offline/", offline.page, name="offline"),
    path("offline/workbooks/", offline.workbooks, name="offline_workbooks"),
    path("offline/sheets/", offline.sheets, name="offline_sheets"),
    path("offline/upload/", offline.upload, name="offline_upload"),
    path("offline/returned/<uuid:pk>/", offline.returned, name="offline_returned"),
    path("directives/quick/", quick.quick, name="quick"),
    path("directives/<uuid:pk>/issue/", handing.issue, name="issue"),
    path("directives/<uuid:pk>/transmission/", transmission.page, name="transmission"),
    path("directives/<uuid:pk>/receive/", transmission.receive, name="receive"),
]
