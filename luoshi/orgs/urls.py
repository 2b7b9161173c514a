"""Addresses of the organisation. `start` and `account` have no name space; others link them."""

from django.urls import include, path

from luoshi.orgs.views import browse, manage, start

pages = [
    path("units/", browse.home, name="home"),
    path("units/<uuid:pk>/", browse.unit, name="unit"),
    path("people/<uuid:pk>/", browse.person, name="person"),
    path("units/<uuid:pk>/add/", manage.unit_add, name="unit_add"),
    path("units/<uuid:pk>/rename/", manage.unit_rename, name="unit_rename"),
    path("units/<uuid:pk>/describe/", manage.unit_describe, name="unit_describe"),
    path("units/<uuid:pk>/move/", manage.unit_move, name="unit_move"),
    path("units/<uuid:pk>/close/", manage.unit_close, name="unit_close"),
    path("units/<uuid:pk>/staff/", manage.staff_add, name="staff_add"),
    path("units/<uuid:pk>/posts/", manage.post_add, name="post_add"),
    path("posts/<uuid:pk>/close/", manage.post_close, name="post_close"),
    path("posts/<uuid:pk>/appoint/", manage.appoint, name="appoint"),
    path("people/<uuid:pk>/take/", manage.take, name="take"),
    path("people/<uuid:pk>/rename/", manage.person_rename, name="person_rename"),
    path("people/<uuid:pk>/account/", manage.account_open, name="account_open"),
    path("appointments/<uuid:pk>/end/", manage.appointment_end, name="appointment_end"),
    path("appointments/<uuid:pk>/portfolio/", manage.portfolio_give, name="portfolio_give"),
    path("portfolios/<uuid:pk>/end/", manage.portfolio_end, name="portfolio_end"),
    path("accounts/<uuid:pk>/password/", manage.account_password, name="account_password"),
    path("accounts/<uuid:pk>/switch/", manage.account_switch, name="account_switch"),
]
urlpatterns = [
    path("start/", start.start, name="start"),
    path("account/", manage.account, name="account"),
    path("", include((pages, "orgs"))),
]
