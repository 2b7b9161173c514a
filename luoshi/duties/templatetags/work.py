"""Periods in words."""

from django import template

from luoshi.duties.models import Occurrence
from luoshi.duties.periods import in_words

register = template.Library()


@register.filter
def period(occurrence: Occurrence) -> str:
    """第三季度 / Q3; empty for what is owed once."""
    return in_words(occurrence.key, occurrence.number)
