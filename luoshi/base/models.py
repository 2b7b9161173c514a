"""The organisation, and the two small classes that carry it through every business table.

A tree never crosses organisations. Every business table has an `organisation` column, every
unique constraint begins with it, and foreign keys join on it as well, so that the tables can be
distributed over machines by that column later without a change of model.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from luoshi.lib.ids import new_id

if TYPE_CHECKING:
    from django.db.models.query import QuerySet

    _Text = models.CharField[str, str]
else:
    _Text = models.CharField  # not subscriptable at run time


class Organisation(models.Model):
    """The outermost owner of data. Instance-wide acts belong to the one with slug `instance`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    host = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    tree = models.PositiveIntegerField(default=0)
    """Goes up whenever the unit tree changes its shape: what was derived from it is stale then."""

    INSTANCE = "instance"

    def __str__(self) -> str:
        return self.name


class OrganisationKey(models.ForeignKey[Any, Any]):
    """A foreign key inside one organisation: a join by it also joins on the organisation."""

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        """The extra condition `related.organisation_id = this.organisation_id` of a JOIN."""
        if alias is None or related_alias is None:
            return None
        here: Any = self.model._meta.get_field("organisation")
        there: Any = self.remote_field.model._meta.get_field("organisation")
        same: Any = Exact(there.get_col(alias), here.get_col(related_alias))
        return WhereNode([same])


class OrganisationModel(models.Model):
    """A row of one organisation. An UPDATE filters by the organisation and never sets it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(
        # No index of its own: every composite index begins with it.
        Organisation,
        models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        abstract = True

    def _do_update(
        self,
        base_qs: "QuerySet[Any]",
        using: str | None,
        pk_val: Any,
        values: Any,
        update_fields: Any,
        forced_update: bool,
    ) -> bool:
        base_qs = base_qs.filter(organisation_id=self.organisation_id)
        values = [v for v in values if v[0].name != "organisation"]
        return bool(
            super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
        )


class Versioned(OrganisationModel):
    """A row that changes: `base.change.change` compares the version seen and swaps."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class RequestId(OrganisationModel):
    """A form that was sent: its id counts once for an organisation and a user."""

    user_id = models.UUIDField()
    request_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user_id", "request_id"], name="request_id_once"
            )
        ]


class StoredFile(OrganisationModel):
    """An uploaded file; its bytes lie in `FILES_DIR/<organisation>/<id>`, at no public path."""

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()


class PendingUpload(OrganisationModel):
    """An upload that was shown in a dry run and waits for its owner's word (`base.pending`)."""

    user_id = models.UUIDField()
    purpose = models.CharField(max_length=40)
    file = OrganisationKey(StoredFile, models.PROTECT, related_name="+")
    state = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="pending_by_age")]


class PathField(_Text):
    """A tree path, compared byte by byte on both databases (collation C on PostgreSQL)."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """The column's parameters, with the byte-wise collation where the database needs it."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


__all__ = [
    "Organisation",
    "OrganisationKey",
    "OrganisationModel",
    "PathField",
    "PendingUpload",
    "RequestId",
    "StoredFile",
    "Versioned",
]
