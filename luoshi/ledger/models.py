"""Entries of the log, their erasable bodies, and the head of each organisation's log."""

from django.db import models

from luoshi.base.models import Organisation, OrganisationKey, OrganisationModel


class Entry(OrganisationModel):
    """One act. What is hashed is the leaf `{v, kind, at, commitment}`; `index` comes later.

    `commitment` is SHA-256(salt ‖ canonical body) in hex. Rows are never changed, but for the
    sequencer's `index`.
    """

    v = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=60)
    at = models.CharField(max_length=27)
    commitment = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    index = models.PositiveBigIntegerField(null=True)
    inserted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "index"], name="ledger_entry_index"),
        ]
        indexes = [
            models.Index(fields=["organisation", "object_kind", "object_id"], name="ledger_object"),
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(index__isnull=True),
                name="ledger_unsequenced",
            ),
        ]


class Body(OrganisationModel):
    """Salt and canonical body of an entry; erased at the end of retention, the leaf stays.

    `id` is the entry's id.
    """

    salt = models.BinaryField(max_length=16)
    body = models.TextField()


class BulkRow(OrganisationModel):
    """One row of a bulk act: its own salt and body, so that it can be proven alone."""

    entry = OrganisationKey(Entry, models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=16)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "entry", "number"], name="ledger_bulk_row_number"
            )
        ]


class Head(models.Model):
    """How far an organisation's log is sequenced, its compact tree, and who holds the lease."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list)
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)


class Checkpoint(OrganisationModel):
    """The log's size and root at a moment. What an outsider keeps to hold the server to."""

    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "size"], name="ledger_checkpoint_size")
        ]
