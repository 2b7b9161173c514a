from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "luoshi.base"
    label = "base"
