"""What several tests of the organisation begin with."""

import pytest

from luoshi.orgs import founding
from tests.cast import AT, PASSWORD, Cast


@pytest.fixture
def empty(db: None) -> Cast:
    """An organisation that has nothing yet but its administrator."""
    admin = founding.found_with_user(
        "云州市水务局", username="admin", name="严守则", password=PASSWORD, at=AT
    )
    return Cast(organisation=admin.organisation, admin=admin)
