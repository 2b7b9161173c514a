"""Addresses of the organisation. `start` and `account` have no name space; others link them."""

from django.urls import include, path

from luoshi.orgs.views import browse, own, people, start, units, workbook

pages = [
    path("units/", browse.home, name="home"),
    path("units/<uuid:pk>/", browse.unit, name="unit"),
    path("people/<uuid:pk>/", browse.person, name="person"),
    path("units/import/", workbook.upload, name="workbook"),
    path("units/import/template/", workbook.template, name="workbook_template"),
    path("units/import/state/", workbook.present, name="workbook_state"),
    path("units/import/<uuid:pk>/", workbook.check, name="workbook_check"),
    path("units/add/", units.root_add, name="root_add"),
    path("units/<uuid:pk>/add/", units.unit_add, name="unit_add"),
    path("units/<uuid:pk>/rename/", units.unit_rename, name="unit_rename"),
    path("units/<uuid:pk>/describe/", units.unit_describe, name="unit_describe"),
    path("units/<uuid:pk>/move/", units.unit_move, name="unit_move"),
    path("units/<uuid:pk>/close/", units.unit_close, name="unit_close"),
    path("units/<uuid:pk>/staff/", units.staff_add, name="staff_add"),
    path("units/<uuid:pk>/posts/", units.post_add, name="post_add"),
    path("posts/<uuid:pk>/close/", units.post_close, name="post_close"),
    path("posts/<uuid:pk>/appoint/", units.appoint, name="appoint"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<uuid:pk>/take/", people.take, name="take"),
    path("people/<uuid:pk>/rename/", people.person_rename, name="person_rename"),
    path("people/<uuid:pk>/account/", people.account_open, name="account_open"),
    path("appointments/<uuid:pk>/end/", people.appointment_end, name="appointment_end"),
    path("appointments/<uuid:pk>/portfolio/", people.portfolio_give, name="portfolio_give"),
    path("portfolios/<uuid:pk>/end/", people.portfolio_end, name="portfolio_end"),
    path("accounts/<uuid:pk>/password/", people.account_password, name="account_password"),
    path("accounts/<uuid:pk>/switch/", people.account_switch, name="account_switch"),
]
urlpatterns = [
    path("start/", start.start, name="start"),
    path("account/", own.account, name="account"),
    path("account/language/", own.language, name="account_language"),
    path("", include((pages, "orgs"))),
]
