"""Units, where they stand in the tree and when, posts, people, appointments, portfolios.

Everything that says who is where or responsible for what is dated `[valid_from, valid_to)`; a
reorganisation adds rows and never rewrites who was responsible (DESIGN.md idea 5).
"""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, PathField, Versioned

SEGMENT = 4
DEPTH = 16


class UnitKind(models.TextChoices):
    """What a unit is; the reader's selectors name the same codes."""

    BUREAU = "bureau", _("Bureau (whole body)")
    COMMITTEE = "committee", _("Party committee or leading group")
    DISCIPLINE = "discipline", _("Discipline body")
    DEPARTMENT = "department", _("Department")
    SUBORDINATE = "subordinate", _("Lower-level unit")
    SECTION = "section", _("Section")
    GENERAL_BRANCH = "general_branch", _("General branch")
    BRANCH = "branch", _("Party branch")
    GROUP = "group", _("Working group")
    OTHER = "other", _("Other unit")


class PostRole(models.TextChoices):
    """What a post carries; roles of the program follow from it (docs/permissions.md)."""

    HEAD = "head", _("Head")
    DEPUTY = "deputy", _("Deputy")
    SECRETARY = "secretary", _("Branch secretary")
    COMMITTEE_MEMBER = "committee_member", _("Committee member")
    DISCIPLINE_OFFICER = "discipline_officer", _("Discipline officer")
    CLERK = "clerk", _("Clerk")
    MEMBER = "member", _("Member of staff")


class DatedQuerySet(models.QuerySet[Any]):
    """Rows with a validity `[valid_from, valid_to)`."""

    def on(self, day: date) -> "DatedQuerySet":
        """Those valid on `day`."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


def code_once(name: str) -> models.UniqueConstraint:
    """A 编号 names one row of an organisation; an empty one names none."""
    return models.UniqueConstraint(
        fields=["organisation", "code"], condition=~Q(code=""), name=name
    )


def valid_span(name: str) -> models.CheckConstraint:
    """A validity ends after it begins."""
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name
    )


class Unit(Versioned):
    """A unit of the organisation. Where it stands is in `Placement`."""

    code = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=100)
    short_name = models.CharField(max_length=30, blank=True)
    unit_kind = models.CharField(max_length=20, choices=UnitKind.choices)
    region = models.CharField(max_length=40, blank=True)
    line = models.CharField(max_length=40, blank=True)
    rank = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [code_once("unit_code_once")]
        indexes = [models.Index(fields=["organisation", "unit_kind"], name="unit_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        """The name for a narrow column."""
        return self.short_name or self.name


class Placement(OrganisationModel):
    """Where a unit stands from a day on: its parent and its path (segments of four characters).

    A subtree is the range `path >= p AND path < next(p)` in byte order.
    """

    unit = OrganisationKey(Unit, models.PROTECT, related_name="placements")
    parent = OrganisationKey(Unit, models.PROTECT, related_name="+", null=True)
    path = PathField(max_length=SEGMENT * DEPTH)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects: ClassVar[models.Manager[Any]] = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit", "valid_from"], name="placement_start"
            ),
            valid_span("placement_span"),
        ]
        indexes = [
            models.Index(fields=["organisation", "path"], name="placement_path"),
            models.Index(fields=["organisation", "parent"], name="placement_parent"),
        ]


class Person(Versioned):
    """Somebody who holds posts; may have a user."""

    code = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=60)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="person"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints = [code_once("person_code_once")]

    def __str__(self) -> str:
        return self.name


class Post(Versioned):
    """One seat in a unit. `acts_for` is the unit whose whole subtree the seat acts for.

    A clerk in the office of a bureau acts for the bureau: sees and handles everything below it,
    though the seat itself is in the office. Default: the seat's own unit.
    """

    unit = OrganisationKey(Unit, models.PROTECT, related_name="posts")
    acts_for = OrganisationKey(Unit, models.PROTECT, related_name="+", null=True, blank=True)
    title = models.CharField(max_length=60)
    post_role = models.CharField(max_length=20, choices=PostRole.choices)
    position = models.PositiveIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = DatedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [valid_span("post_span")]
        indexes = [models.Index(fields=["organisation", "unit"], name="post_by_unit")]

    def __str__(self) -> str:
        return self.title


class Appointment(Versioned):
    """A person in a post, from a day until a day."""

    post = OrganisationKey(Post, models.PROTECT, related_name="appointments")
    person = OrganisationKey(Person, models.PROTECT, related_name="appointments")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "post", "person", "valid_from"], name="appointment_start"
            ),
            valid_span("appointment_span"),
        ]
        indexes = [models.Index(fields=["organisation", "person"], name="appointment_by_person")]


class Portfolio(Versioned):
    """A leader is in charge of a unit (分管), from a day until a day, by an appointment."""

    appointment = OrganisationKey(Appointment, models.PROTECT, related_name="portfolios")
    unit = OrganisationKey(Unit, models.PROTECT, related_name="portfolios")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "appointment", "unit", "valid_from"],
                name="portfolio_start",
            ),
            valid_span("portfolio_span"),
        ]
        indexes = [models.Index(fields=["organisation", "unit"], name="portfolio_by_unit")]
