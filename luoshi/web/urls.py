"""Addresses of the look."""

from django.urls import path

from luoshi.web import views

urlpatterns = [path("display/", views.display, name="display")]
