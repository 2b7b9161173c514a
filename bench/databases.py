"""Running a measurement on SQLite and on a private PostgreSQL, each in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests import postgres


@contextmanager
def addresses() -> Iterator[list[tuple[str, str]]]:
    """(name, address); PostgreSQL where its server programs are installed."""
    with tempfile.TemporaryDirectory() as folder:
        found = [("SQLite", f"sqlite:{folder}/bench.sqlite3")]
        programs = postgres.programs()
        if programs is None:
            print("PostgreSQL: no server programs found, left out")
            yield found
            return
        with postgres.cluster(programs) as address:
            import psycopg

            host = address.partition("host=")[2]
            with psycopg.connect(
                host=host, user="luoshi", dbname="postgres", autocommit=True
            ) as connection:
                connection.execute("CREATE DATABASE luoshi")
                version = connection.info.parameter_status("server_version") or ""
            yield [*found, (f"PostgreSQL {version.partition(' ')[0]}", address)]


def measure(module: str) -> None:
    """Run `python -m MODULE` once on each database; it prints its own figures."""
    with addresses() as found:
        for name, address in found:
            with tempfile.TemporaryDirectory() as data:
                env = {**os.environ, "LUOSHI_DATABASE": address, "LUOSHI_DATA": data}
                print(f"{name}:", flush=True)
                subprocess.run([sys.executable, "-m", module], env=env, check=True)


def set_up() -> None:
    """Django and an empty database of this version, for the process that measures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.settings")
    from luoshi.commands.serve import migrated

    migrated()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]
