"""The organisation whose log the tests of the ledger look at."""

import pytest

from luoshi.base.models import Organisation
from tests.ledger.logs import AT


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(slug="yunzhou", name="云州市水务局", created_at=AT)
