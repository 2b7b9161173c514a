"""What administrator duties permit. Roles that follow from posts are in `orgs.access`."""

from typing import TYPE_CHECKING

from luoshi.base.refused import NotAllowed

if TYPE_CHECKING:
    from luoshi.accounts.models import User

DUTY_GRANTS: dict[str, dict[str, str]] = {
    "org_admin": {
        "orgs.read": "all",
        "orgs.manage": "all",
        "accounts.manage": "all",
        "ledger.witness": "all",
    },
    "auditor": {"ledger.verify": "all", "ledger.witness": "all"},
}
"""duty → permission → reach, part of `orgs.access.GRANTS`."""


def may(user: "User", permission: str) -> bool:
    """Whether one of the user's duties gives the permission; a disabled user has none."""
    return user.is_active and any(permission in DUTY_GRANTS.get(d, {}) for d in user.duties)


def require(user: "User", permission: str) -> None:
    """Raise `NotAllowed` unless one of the user's duties gives the permission."""
    if not may(user, permission):
        raise NotAllowed()
