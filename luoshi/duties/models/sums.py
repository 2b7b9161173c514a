"""Sums per unit and over the tree, and the changes that are not folded in yet (`duties.sums`)."""

from datetime import date

from django.db import models

from luoshi.base.models import Organisation, OrganisationModel

NO_DAY = date(1, 1, 1)
"""Stands for "no day" in sums, so that a unique constraint covers it on both databases."""


class SumModel(OrganisationModel):
    """How many of a unit in a directive have a code and a day.

    `code` is a state of an occurrence, or of an assignment that is closed: `closed`, `unchecked`,
    `effective`. `due_on` is the day of what is still to come, else `NO_DAY`.
    """

    unit_id = models.UUIDField()
    directive_id = models.UUIDField()
    code = models.CharField(max_length=10)
    due_on = models.DateField()
    count = models.IntegerField()

    class Meta:
        abstract = True


class SumDelta(SumModel):
    """A change of a unit's own sums that the worker has not folded in yet; only ever added."""

    class Meta:
        indexes = [models.Index(fields=["organisation", "unit_id"], name="sum_delta_by_unit")]


class UnitSum(SumModel):
    """A unit's own sums, whatever its place in the tree."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit_id", "directive_id", "code", "due_on"],
                name="unit_sum_once",
            )
        ]


class TreeSum(SumModel):
    """Sums over a unit and everything below it, as the tree stands on `SumHead.day`.

    `directive_id` nil (all zeros) sums over all directives.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit_id", "directive_id", "code", "due_on"],
                name="tree_sum_once",
            )
        ]


class SumHead(models.Model):
    """For which tree an organisation's `TreeSum` rows hold: its version, its day, until which day.

    `until` is the next day on which a placement begins or ends by itself; None for none.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="+"
    )
    tree = models.PositiveIntegerField()
    day = models.DateField()
    until = models.DateField(null=True)
