from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "luoshi.insight"
    label = "insight"
