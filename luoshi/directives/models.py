"""Directives, requirements bound to characters of their text, and the tasks drafted from them.

A requirement says what the text asks and how it was triaged; a task says who does what by when.
Each requirement gets one draft task at import, so that its fields have one place; it goes out only
when the requirement is triaged `task`. More tasks may share a requirement.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import OrganisationKey, OrganisationModel, StoredFile, Versioned
from luoshi.orgs.models import Appointment, Unit


class Directive(Versioned):
    """A document that deploys work. `text` never changes; `sha256` is over its UTF-8 bytes.

    A leader's instruction (批示) or a meeting's decision (会议议定事项) is one as well, of a few
    words: `source_by` names the leader, or the meeting with its number. `counterpart` is the
    governance directive that runs beside one of business (rows S30, S31). Where a deadline counts
    from receipt, receipt is taken as given `deemed_after` working days after issue.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Triage confirmed")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class SourceKind(models.TextChoices):
        DOCUMENT = "document", _("Document")
        INSTRUCTION = "instruction", _("Leader's instruction")
        MEETING = "meeting", _("Meeting's decision")

    class WorkLine(models.TextChoices):
        GOVERNANCE = "governance", _("Governance")
        BUSINESS = "business", _("Business")

    owner = OrganisationKey(Unit, models.PROTECT, related_name="directives")
    title = models.CharField(max_length=200)
    work_line = models.CharField(
        max_length=10, choices=WorkLine.choices, default=WorkLine.GOVERNANCE
    )
    counterpart = OrganisationKey("self", models.PROTECT, related_name="business", null=True)
    number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    source_kind = models.CharField(
        max_length=12, choices=SourceKind.choices, default=SourceKind.DOCUMENT
    )
    source_by = models.CharField(max_length=200, blank=True)
    source_name = models.CharField(max_length=200)
    source = OrganisationKey(StoredFile, models.PROTECT, related_name="+", null=True)
    outline = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    deemed_after = models.PositiveSmallIntegerField(default=3)
    price = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="directive_newest"),
            models.Index(fields=["organisation", "sha256"], name="directive_by_text"),
        ]

    def __str__(self) -> str:
        return self.title


class PairRefusal(OrganisationModel):
    """A person said that a proposed counterpart does not belong to a directive of business."""

    directive = OrganisationKey(Directive, models.PROTECT, related_name="refusals", db_index=False)
    counterpart = OrganisationKey(Directive, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "directive", "counterpart"], name="pair_refusal_once"
            )
        ]


class Triage(models.TextChoices):
    """What a requirement is taken for (DESIGN.md idea 1)."""

    UNDECIDED = "undecided", _("For you to decide")
    CONTEXT = "context", _("Context")
    COVERED = "covered", _("Covered")
    RELAYED = "relayed", _("Relayed")
    TASK = "task", _("Task")


class Requirement(Versioned):
    """Something the text asks: characters `start` to `end` (code points, `end` exclusive).

    Fields of the reader are kept as it proposed them; a person's edits are changes of the row.
    `decided` tells a person's choice from the default. `bound` names the bound that the clause
    touches (tracking, opinion, ranking), empty for none. `confidence` is the reader's, of a
    hundred; None where the rules alone or a person marked the clause.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        DISMISSED = "dismissed", _("Not taken")
        REPLACED = "replaced", _("Replaced by split or merge")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="requirements")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading_path = models.JSONField(default=list)
    actors = models.JSONField(default=list)
    lead = models.JSONField(default=list)
    support = models.JSONField(default=list)
    deadline = models.CharField(max_length=200, blank=True)
    cadence = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    modality = models.CharField(max_length=20)
    relayed = models.BooleanField(default=False)
    why = models.JSONField(default=list)
    confidence = models.PositiveSmallIntegerField(null=True)
    bound = models.CharField(max_length=20, blank=True)
    selectors = models.JSONField(default=list)
    triage = models.CharField(max_length=12, choices=Triage.choices)
    decided = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=500, blank=True)
    covered_by = models.JSONField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="requirement_span"),
        ]
        indexes = [
            models.Index(fields=["organisation", "directive", "position"], name="requirement_order")
        ]


class TaskKind(models.TextChoices):
    """Row S28: key work has milestones, basic work a cadence, hard work repeats until verified."""

    KEY = "key", _("Key")
    BASIC = "basic", _("Basic")
    HARD = "hard", _("Hard")


class Task(Versioned):
    """This year's task: what, checked by what, by when or how often, under which leader.

    `leader` is empty until a person chooses; `leader_proposed` and its reason come from the
    portfolios and are never filled in silently. `success` is by what the effect is judged and
    `target` the value to reach; `check_after` days after closure the effect is checked (None: the
    default for key work, 0: no check). `within` `within_unit` after receipt is the deadline of a
    task without a day of its own. A supervision item (`supervises`, row S05) says what it looks at
    (`object_text`), how (`check_text`), by what it is shown (`evidence_text`) and when.
    """

    class Within(models.TextChoices):
        WORKDAYS = "workdays", _("working days")
        DAYS = "days", _("days")
        MONTHS = "months", _("months")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="tasks")
    requirement = OrganisationKey(Requirement, models.PROTECT, related_name="tasks")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    measure = models.TextField()
    check_text = models.CharField(max_length=200, blank=True)
    task_kind = models.CharField(max_length=8, choices=TaskKind.choices)
    due_on = models.DateField(null=True)
    due_why = models.CharField(max_length=200, blank=True)
    within = models.PositiveSmallIntegerField(null=True)
    within_unit = models.CharField(max_length=8, choices=Within.choices, default=Within.WORKDAYS)
    rhythm = models.CharField(max_length=12, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    success = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=100, blank=True)
    check_after = models.PositiveSmallIntegerField(null=True)
    supervises = models.BooleanField(default=False)
    object_text = models.CharField(max_length=200, blank=True)
    evidence_text = models.CharField(max_length=200, blank=True)
    leader = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    leader_proposed = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    leader_why = models.JSONField(default=dict)
    rewritten = models.BooleanField(default=False)
    rewrite_reason = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        indexes = [
            models.Index(fields=["organisation", "directive", "position"], name="task_order"),
            models.Index(fields=["organisation", "requirement"], name="task_by_requirement"),
        ]

    def __str__(self) -> str:
        return self.title


class Milestone(OrganisationModel):
    """A step of a key task with its day; the task is done when the last one is."""

    task = OrganisationKey(Task, models.CASCADE, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    due_on = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "task", "number"], name="milestone_once"
            )
        ]


class Part(models.TextChoices):
    """A unit's part in a task."""

    LEAD = "lead", _("Lead")
    SUPPORT = "support", _("Support")


class TaskUnit(OrganisationModel):
    """A unit that a task goes to, and why: the phrase that named it, or a person's hand."""

    task = OrganisationKey(Task, models.CASCADE, related_name="units")
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    phrase = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "task", "unit", "part"], name="task_unit_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "unit"], name="task_by_unit")]


class Snapshot(OrganisationModel):
    """What a breakdown said at some moment, as `breakdown.content_of` gives it; kept once each.

    `sha256` is over the canonical content and tells equal ones apart, no more than that.
    """

    directive = OrganisationKey(Directive, models.PROTECT, related_name="snapshots", db_index=False)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "directive", "sha256"], name="snapshot_once"
            )
        ]


class Look(OrganisationModel):
    """What somebody who was asked for approval saw last, and before that, to show the difference.

    One row a person and directive; a further look at the same content changes nothing.
    """

    directive = OrganisationKey(Directive, models.PROTECT, related_name="looks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    snapshot = OrganisationKey(Snapshot, models.PROTECT, related_name="+")
    before = OrganisationKey(Snapshot, models.PROTECT, related_name="+", null=True)
    before_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "directive", "user"], name="look_once")
        ]


class Consultation(Versioned):
    """A round of asking the units what they say to the breakdown (征求意见), until a day."""

    directive = OrganisationKey(
        Directive, models.PROTECT, related_name="consultations", db_index=False
    )
    due_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "directive"],
                condition=Q(closed_at__isnull=True),
                name="consultation_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "directive", "opened_at"], name="consultations_of")
        ]


class Consultee(Versioned):
    """A unit that was asked: still silent, without objection, or with comments.

    `said_by` names who spoke for the unit where somebody else entered it (代录).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Not answered")
        NOTHING = "nothing", _("No comment")
        COMMENTED = "commented", _("Commented")

    consultation = OrganisationKey(Consultation, models.PROTECT, related_name="consultees")
    unit = OrganisationKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    said_by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "consultation", "unit"], name="consultee_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "unit", "state"], name="consultee_by_unit")]


class Comment(Versioned):
    """What a unit says to the breakdown, to one task or to the whole, and what came of it."""

    class Answer(models.TextChoices):
        NONE = "", _("Not answered yet")
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Adopted in part")
        REFUSED = "refused", _("Not adopted")

    consultee = OrganisationKey(Consultee, models.PROTECT, related_name="comments")
    task = OrganisationKey(Task, models.PROTECT, related_name="+", null=True)
    text = models.CharField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.CharField(
        max_length=10, choices=Answer.choices, default=Answer.NONE, blank=True
    )
    reason = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]


class Stage(models.TextChoices):
    """The two approvals of a breakdown."""

    VETTING = "vetting", _("Vetting")
    DECISION = "decision", _("Decision")


class Approval(Versioned):
    """One asking for approval and its outcome, bound to exactly what was approved.

    `asked` is the seat that was asked where it is known, `signer` the name in any case.
    `digest` = SHA-256(salt ‖ canonical content of `snapshot`): of what was sent while it is open,
    of what was approved or returned afterwards. Signed by hand (`on_paper`), it is entered by
    `by` (代录) with the day of the signature and the scan. A decision may name the meeting.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")
        TAKEN_BACK = "taken_back", _("Taken back")

    directive = OrganisationKey(Directive, models.PROTECT, related_name="approvals", db_index=False)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked = OrganisationKey(Appointment, models.PROTECT, related_name="+", null=True)
    signer = models.CharField(max_length=60)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    message = models.CharField(max_length=500, blank=True)
    snapshot = OrganisationKey(Snapshot, models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    on_paper = models.BooleanField(default=False)
    signed_on = models.DateField(null=True)
    scan = OrganisationKey(StoredFile, models.PROTECT, related_name="+", null=True)
    meeting = models.CharField(max_length=100, blank=True)
    meeting_number = models.CharField(max_length=60, blank=True)
    held_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "directive"],
                condition=Q(state="asked"),
                name="approval_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "directive", "asked_at"], name="approvals_of"),
            models.Index(fields=["organisation", "asked", "state"], name="approvals_by_seat"),
        ]


class IssueNotice(OrganisationModel):
    """The paper that puts a breakdown in force (印发): number, day, recipients.

    `serial` counts within an organisation, series (机关代字) and year, and is never given twice;
    0 and an empty series stand for a paper without a number.
    """

    directive = OrganisationKey(Directive, models.PROTECT, related_name="notices", db_index=False)
    series = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(default=0)
    dated_on = models.DateField()
    recipients = models.CharField(max_length=1000)
    copies_to = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "directive"], name="notice_once"),
            models.UniqueConstraint(
                fields=["organisation", "series", "year", "serial"],
                condition=Q(serial__gt=0),
                name="notice_number_once",
            ),
        ]

    @property
    def number(self) -> str:
        """云水发〔2026〕5号; empty for a paper without a number."""
        return f"{self.series}〔{self.year}〕{self.serial}号" if self.serial else ""


class OldList(Versioned):
    """A task list of an earlier year, taken in from the workbook in which it was kept."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    owner = OrganisationKey(Unit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    file = OrganisationKey(StoredFile, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "owner", "-year"], name="old_list_newest")]

    def __str__(self) -> str:
        return self.name


class OldTask(OrganisationModel):
    """A row of an old list, in the words that stand there.

    `lead_units` are ids of the units that `lead` names today. It covers clauses that ask the same
    again, and says who led it.
    """

    old_list = OrganisationKey(OldList, models.PROTECT, related_name="tasks")
    row = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    measure = models.TextField(blank=True)
    leader = models.CharField(max_length=200, blank=True)
    lead = models.CharField(max_length=500, blank=True)
    lead_units = models.JSONField(default=list)
    support = models.CharField(max_length=500, blank=True)
    deadline = models.CharField(max_length=200, blank=True)
    check_text = models.CharField(max_length=500, blank=True)
    progress = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["row", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "old_list", "row"], name="old_task_row")
        ]

    def __str__(self) -> str:
        return self.title


class ColumnMap(OrganisationModel):
    """Which column of an office's own form is which field, as a person confirmed it.

    `headings` is SHA-256 over the headings in their order: the same head row, the same mapping.
    For a list that came in (`old list`) `columns` is column number → field; for the form of the
    list going out (`task list`) it is `[[heading, field or "", width]]` and has a `name`.
    """

    name = models.CharField(max_length=100, blank=True)
    purpose = models.CharField(max_length=20)
    headings = models.CharField(max_length=64)
    columns = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "purpose", "headings"], name="column_map_once"
            )
        ]
