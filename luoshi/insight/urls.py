"""Addresses of boards, papers, a unit's work and the record."""

from django.urls import path

from luoshi.insight.views import (
    board,
    cited,
    evidence,
    layouts,
    official,
    outside,
    papers,
    record,
    recorded,
    units,
    verify,
)

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
    path("record/export/", record.export, name="record_export"),
    path("record/checkpoint/", record.checkpoint, name="checkpoint"),
    path("record/outside/", outside.page, name="outside"),
    path("record/outside/sheet/", outside.sheet, name="checkpoint_sheet"),
    path("record/outside/key/", outside.rotate, name="rotate_key"),
    path("record/outside/<uuid:pk>/copy/", outside.hand_over, name="hand_over"),
    path("record/outside/<uuid:pk>/cosigned/", outside.cosigned, name="cosigned"),
    path("record/outside/<uuid:pk>/request/", outside.asked, name="witness_request"),
    path("record/outside/<uuid:pk>/end/", outside.end, name="end_witness"),
    path("record/paper/", cited.cited, name="cited"),
    path("record/verify/", verify.page, name="verify"),
    path("record/verify/evidence.py", verify.program, name="verify_program"),
    path("record/times/", recorded.page, name="recorded"),
    path("occurrences/<uuid:pk>/evidence/", evidence.occurrence, name="occurrence_evidence"),
    path("directives/<uuid:pk>/evidence/", evidence.directive, name="directive_evidence"),
    path("directives/<uuid:pk>/evidence/<uuid:task_id>/", evidence.task, name="task_evidence"),
    path("approvals/<uuid:pk>/evidence/", evidence.approval, name="approval_evidence"),
]
