"""Users: who signs in. People (who hold posts) are another thing, linked in `orgs`."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from luoshi.base.models import Organisation
from luoshi.lib.ids import new_id


class Users(BaseUserManager["User"]):
    """Finds users by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this sign-in name, in any case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """One sign-in of one organisation. No superuser, no admin; roles come from posts.

    `duties` holds the administrator roles that no post gives: `org_admin` (units, posts,
    appointments, accounts; reads no content) and `auditor` (verifies the record).
    The sign-in name is unique in the whole instance: it is typed before the organisation is known.
    """

    ORG_ADMIN, AUDITOR = "org_admin", "auditor"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    duties = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """How the ledger names this user: name, sign-in name and id in one text."""
        return f"{self.name} <{self.username}> {self.pk}"
