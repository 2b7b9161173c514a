"""Entries of the log, their erasable bodies, its tree, and what lies outside the server."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from luoshi.base.models import Organisation, OrganisationKey, OrganisationModel, Versioned


class Entry(OrganisationModel):
    """One act. What is hashed is the leaf `{v, kind, at, commitment}`; `index` comes later.

    `commitment` is SHA-256(salt ‖ canonical body) in hex. `object_version` is the object's version
    after the act, so that the order of acts on one object can be checked. Rows are never changed,
    but for the sequencer's `index`.
    """

    v = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=60)
    at = models.CharField(max_length=27)
    commitment = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    object_version = models.PositiveIntegerField(default=0)
    index = models.PositiveBigIntegerField(null=True)
    inserted_at = models.DateTimeField(db_default=Now())

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
    """One row of a bulk act: its own salt and body, so that it can be proven alone.

    Once a row is erased alone, `commitment` stands in for salt and body, so that the root of the
    act can still be computed.
    """

    entry = OrganisationKey(Entry, models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=16)
    body = models.TextField()
    commitment = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "entry", "number"], name="ledger_bulk_row_number"
            )
        ]


class Erasure(OrganisationModel):
    """A body, or one row of a bulk act, that is gone, and the entry that says under which rule."""

    entry = OrganisationKey(Entry, models.PROTECT, related_name="erasures", db_index=False)
    row = models.PositiveIntegerField(null=True)
    by_entry = OrganisationKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "entry"],
                condition=models.Q(row__isnull=True),
                name="ledger_erased_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "entry", "row"],
                condition=models.Q(row__isnull=False),
                name="ledger_row_erased_once",
            ),
        ]


class Head(models.Model):
    """How far an organisation's log is sequenced, and who holds the lease."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    size = models.PositiveBigIntegerField(default=0)
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)


class Tile(OrganisationModel):
    """Up to 256 hashes of the tree, one after the other (C2SP tlog-tiles); see `lib.tiles`."""

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "level", "number"], name="ledger_tile_once"
            )
        ]


class LogKey(OrganisationModel):
    """A public key that signs, or signed, the organisation's checkpoints, as a C2SP vkey.

    The private key lies in a file of the data folder (`ledger.keys`). Two keys sign side by side
    from the introduction of the newer until `retires_at` of the older.
    """

    vkey = models.CharField(max_length=200)
    introduced_at = models.DateTimeField()
    retires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "vkey"], name="ledger_key_once")
        ]


class Checkpoint(OrganisationModel):
    """The log's size and root at a moment. What an outsider keeps to hold the server to.

    `note` is the signed note (C2SP tlog-checkpoint); empty where no key was at hand.
    """

    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "size"], name="ledger_checkpoint_size")
        ]


class Witness(Versioned):
    """Who keeps copies of checkpoints outside the server, and on which way they get them.

    `vkey` and `address` are those of a witness that cosigns (C2SP tlog-witness); `asked_at` is
    when the server last asked it, `trouble` what came of it where that was no cosignature.
    """

    class Way(models.TextChoices):
        SEALED = "sealed", _("Keeps it printed and sealed")
        MAILED = "mailed", _("Gets it by mail")
        FILED = "filed", _("Keeps the file")
        COSIGNED = "cosigned", _("Cosigns on a machine of its own")

    name = models.CharField(max_length=100)
    way = models.CharField(max_length=10, choices=Way.choices)
    address = models.CharField(max_length=200, blank=True)
    vkey = models.CharField(max_length=300, blank=True)
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "named_at"], name="ledger_witness_named")]


class OutsideCopy(OrganisationModel):
    """A checkpoint that a witness holds: cosigned (`line` proves it), or handed over on a day."""

    witness = OrganisationKey(Witness, models.PROTECT, related_name="copies", db_index=False)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    line = models.TextField(blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "witness", "size", "on"], name="ledger_copy_once"
            )
        ]
