from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    name = "luoshi.directives"
    label = "directives"
