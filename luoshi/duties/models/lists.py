"""Responsibility lists (责任清单) of a body or of a post, as of a day; a new one replaces none."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, StoredFile, Versioned
from luoshi.directives.models import Directive, Task
from luoshi.orgs.models import Appointment, Post, Unit

OPEN = ("draft", "confirmed")


class DutyList(Versioned):
    """What was a unit's, or a post's in the hands of its holder, at the end of the day `as_of`.

    `number` counts the lists of the same unit (without a post) or post. `content` is what was
    confirmed, `digest` = SHA-256(salt ‖ canonical content); both come with the confirmation and
    go when the list is sent back. Who signs by hand (`on_paper`) is entered by `signed_by`, with
    the scan.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("To be signed")
        SIGNED = "signed", _("Signed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    unit = OrganisationKey(Unit, models.PROTECT, related_name="duty_lists", db_index=False)
    post = OrganisationKey(Post, models.PROTECT, related_name="duty_lists", null=True)
    appointment = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    number = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    content = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    confirmed_at = models.DateTimeField(null=True)
    signer = models.CharField(max_length=60, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    signed_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)
    on_paper = models.BooleanField(default=False)
    scan = OrganisationKey(StoredFile, models.PROTECT, related_name="+", null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unit", "number"],
                condition=Q(post__isnull=True),
                name="duty_list_number",
            ),
            models.UniqueConstraint(
                fields=["organisation", "post", "number"],
                condition=Q(post__isnull=False),
                name="duty_list_number_post",
            ),
            models.UniqueConstraint(
                fields=["organisation", "unit"],
                condition=Q(post__isnull=True, state__in=OPEN),
                name="duty_list_one_open",
            ),
            models.UniqueConstraint(
                fields=["organisation", "post"],
                condition=Q(post__isnull=False, state__in=OPEN),
                name="duty_list_one_open_post",
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=True, appointment__isnull=True)
                | Q(post__isnull=False, appointment__isnull=False),
                name="duty_list_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-made_at", "-id"], name="duty_list_newest"),
            models.Index(fields=["organisation", "unit", "state"], name="duty_list_by_unit"),
            models.Index(
                fields=["organisation", "appointment"],
                condition=Q(state="confirmed"),
                name="duty_list_to_sign",
            ),
        ]


class DutyLine(Versioned):
    """One responsibility of a list, in the words of the day on which it was collected.

    `key` is the same in every list: `task:<id>`, or `hand:<id>` for a line that a person added.
    `why` is `[[code, name]]`: `lead` and `support` (the unit's own part), `leads` (named as the
    leader), `heads`, `in_charge`, `hand`, `kept` (added by hand in an earlier list). A dropped
    line stays, with the reason.
    """

    duty_list = OrganisationKey(DutyList, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=42)
    task = OrganisationKey(Task, models.PROTECT, related_name="+", null=True)
    work_line = models.CharField(
        max_length=10,
        choices=Directive.WorkLine.choices,
        default=Directive.WorkLine.GOVERNANCE,
    )
    title = models.CharField(max_length=200)
    check_text = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    rhythm = models.CharField(max_length=12, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    basis = models.CharField(max_length=300)
    why = models.JSONField(default=list)
    dropped = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "duty_list", "key"], name="duty_line_once"
            ),
            models.CheckConstraint(
                condition=Q(dropped=False, reason="") | (Q(dropped=True) & ~Q(reason="")),
                name="duty_line_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "duty_list", "position"], name="duty_line_order")
        ]
