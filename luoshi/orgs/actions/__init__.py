"""Every change of the organisation: one transaction, one ledger entry. Permission `orgs.manage`;
for what lies outside `ledger.witness`.

Days are the site's, spans half-open: what ends on a day no longer holds on that day.
"""

from luoshi.orgs.actions.outside import (
    end_witness,
    hand_over,
    name_witness,
    rotate_key,
    take_cosignature,
)
from luoshi.orgs.actions.people import create_person, link_user, rename_person
from luoshi.orgs.actions.portfolios import end_portfolio, give_portfolio
from luoshi.orgs.actions.posts import appoint, close_post, create_post, end_appointment
from luoshi.orgs.actions.units import (
    change_unit,
    close_unit,
    create_unit,
    move_unit,
    rename_unit,
)

__all__ = [
    "appoint",
    "change_unit",
    "close_post",
    "close_unit",
    "create_person",
    "create_post",
    "create_unit",
    "end_appointment",
    "end_portfolio",
    "end_witness",
    "give_portfolio",
    "hand_over",
    "link_user",
    "move_unit",
    "name_witness",
    "rename_person",
    "rename_unit",
    "rotate_key",
    "take_cosignature",
]
