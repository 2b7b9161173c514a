"""The staff site's addresses."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("luoshi.web.urls")),
    path("accounts/", include("luoshi.accounts.urls")),
    path("", include("luoshi.orgs.urls")),
    path("directives/", include("luoshi.directives.urls")),
    path("", include("luoshi.duties.urls")),
    path("", include("luoshi.insight.urls")),
]
