"""What every test stands on: a data folder of its own, and a log that holds at its end."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

pytest_plugins = ["tests.cast"]

if "LUOSHI_DATA" not in os.environ:
    os.environ["LUOSHI_DATA"] = tempfile.mkdtemp(prefix="luoshi-test-")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside the ORM


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, since threads of the concurrency tests must share it.
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        folder = Path(os.environ["LUOSHI_DATA"])
        database.setdefault("TEST", {})["NAME"] = str(folder / f"test-{worker}.sqlite3")


DATABASE = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})
PROCESSES = ("tests/commands/", "tests/demo/", "tests/bench/")
"""Tests of programs that open the database of the environment themselves."""


def uses_database(item: pytest.Item) -> bool:
    """Whether a test can see which database it runs on."""
    return (
        bool(DATABASE & set(getattr(item, "fixturenames", ())))
        or item.get_closest_marker("django_db") is not None
        or item.nodeid.startswith(PROCESSES)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The run on the second database leaves out what cannot see a database."""
    if os.environ.get("LUOSHI_TESTS") == "database":
        left_out = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if uses_database(item)]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> None:
    """Stored files of a test lie in its own folder."""
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(autouse=True)
def messages_in_english() -> Iterator[None]:
    """Outside of a request messages are the sources' own; pages are Chinese, as on a site."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def first_start_forgotten() -> None:
    """Each test finds out anew whether the database has a user."""
    from luoshi.orgs.middleware import FirstStart

    FirstStart.started = False


@pytest.fixture(autouse=True)
def log_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with a database, sequence what waits, verify the whole log and all sums.

    A test that damages the log on purpose says so with the marker `damages_log`.
    """
    used = DATABASE & set(request.fixturenames)
    if not used or request.node.get_closest_marker("damages_log"):
        yield
        return
    request.getfixturevalue("transactional_db" if "live_server" in used else "db")
    yield
    from django.utils import timezone

    from luoshi.base.clock import day_of
    from luoshi.base.models import Organisation
    from luoshi.duties import sums
    from luoshi.ledger.sequence import sequence_all
    from luoshi.ledger.verify import verify

    today = day_of(timezone.now())
    for organisation in Organisation.objects.all():
        assert sums.verify(organisation.pk, today) == []  # what is pending counted in
        sums.fold(organisation.pk, today)
        assert sums.verify(organisation.pk, today) == []
    sequence_all(holder="tests", now=timezone.now())
    for organisation in Organisation.objects.all():
        verdict = verify(organisation)
        assert verdict.holds, verdict.findings
        assert verdict.waiting == 0
