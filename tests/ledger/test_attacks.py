"""Attacks on a real database file, from outside of the program; then `luoshi verify`, as is.

Who attacks holds the server: the database, the files, the private key. What cannot be found then is
said plainly, and that is tested as well.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest

from luoshi.ledger.leaf import leaf_text
from luoshi.lib import merkle, notes, witness
from luoshi.lib.tiles import Edge

ROOT = Path(__file__).resolve().parents[2]
WITNESSED = 20
AT = datetime(2026, 3, 9, tzinfo=UTC)


def python(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LUOSHI_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env={**env, **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@dataclass
class Site:
    """A data folder with its database file, and the folder of the witness."""

    data: Path
    keeper: Path

    @property
    def held(self) -> str:
        return str(self.keeper / "held")

    @property
    def key(self) -> Path:
        """The private key."""
        (path,) = (p for p in (self.data / "ledger-keys").glob("*/*") if p != self.memory)
        return path

    @property
    def memory(self) -> Path:
        """Where the signer notes what it signed last."""
        return next((self.data / "ledger-keys").iterdir()) / "signed"

    @property
    def env(self) -> dict[str, str]:
        return {
            "LUOSHI_DATA": str(self.data),
            "LUOSHI_DATABASE": f"sqlite:{self.data / 'db.sqlite3'}",
        }

    def verify(self, *words: str) -> tuple[int, str]:
        done = python("-m", "luoshi", "verify", *words, **self.env)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.data / "db.sqlite3")
        try:
            yield database
            database.commit()
        finally:
            database.close()

    def run(self, sql: str, *values: object) -> int:
        with self.opened() as database:
            return database.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> tuple[object, ...]:
        with self.opened() as database:
            return tuple(database.execute(sql, values).fetchone())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("log") / "data", tmp_path_factory.mktemp("witness"))
    done = python("-m", "tests.ledger.make_log", str(site.data), str(site.keeper))
    assert done.returncode == 0, done.stderr
    return site


@pytest.fixture
def site(made: Site, tmp_path: Path) -> Site:
    """A copy to be attacked."""
    copy = Site(tmp_path / "data", tmp_path / "witness")
    shutil.copytree(made.data, copy.data)
    shutil.copytree(made.keeper, copy.keeper)
    return copy


def entry(index: int) -> str:
    return f'SELECT id FROM ledger_entry WHERE "index" = {index}'


def rewrite(site: Site, index: int, *, size: int | None = None) -> None:
    """Change a body and recompute all that follows from it, signed with the organisation's key.

    What the database knows of the outside is removed. `size` cuts the log off as well.
    """
    with site.opened() as database:
        run = database.execute
        (key,) = run(entry(index)).fetchone()
        salt, body = run("SELECT salt, body FROM ledger_body WHERE id = ?", (key,)).fetchone()
        body = body.replace('"number":', '"number":9')
        run("UPDATE ledger_body SET body = ? WHERE id = ?", (body, key))
        forged = merkle.commitment(salt, body.encode()).hex()
        run("UPDATE ledger_entry SET commitment = ? WHERE id = ?", (forged, key))
        for table in ("outsidecopy", "checkpoint", "tile"):
            run(f"DELETE FROM ledger_{table}")
        if size is not None:
            beyond = 'SELECT id FROM ledger_entry WHERE "index" >= ?'
            run(f"DELETE FROM ledger_body WHERE id IN ({beyond})", (size,))
            run('DELETE FROM ledger_entry WHERE "index" >= ?', (size,))
        edge = Edge()
        rows = run('SELECT v, kind, at, commitment FROM ledger_entry ORDER BY "index"').fetchall()
        for row in rows:
            edge.append(merkle.leaf_hash(leaf_text(*row).encode()))
        (organisation,) = run("SELECT organisation_id FROM ledger_head").fetchone()
        for number, ((level, place), tile) in enumerate(edge.changed.items()):
            run("INSERT INTO ledger_tile (id, level, number, hashes, organisation_id) "
                "VALUES (?, ?, ?, ?, ?)", (f"{number:032x}", level, place, bytes(tile),
                                           organisation))  # fmt: skip
        run("UPDATE ledger_head SET size = ?", (edge.size,))
        run("INSERT INTO ledger_checkpoint (id, size, root, at, note, organisation_id) "
            "VALUES (?, ?, ?, '2026-03-04 01:00:00', ?, ?)",
            ("f" * 32, edge.size, edge.root().hex(), signed(site, edge), organisation))  # fmt: skip


def signed(site: Site, edge: Edge) -> str:
    """A checkpoint with the stolen key."""
    thief = notes.Signer.load(site.key)
    text = notes.text_of(thief.name, edge.size, edge.root())
    site.memory.write_text(f"{edge.size} {edge.root().hex()}\n")
    return notes.with_lines(text, [thief.line(text, AT)])


def test_unharmed_it_holds(site: Site) -> None:
    code, said = site.verify()
    assert code == 0
    assert "与市审计局所存的一致：20条" in said
    assert "Not proven: No outside witness since entry 20" in said
    assert site.verify("--against", site.held)[0] == 0


def test_edited_body(site: Site) -> None:
    forged = "replace(body, '\"number\":3', '\"number\":8')"
    site.run(f"UPDATE ledger_body SET body = {forged} WHERE id = ({entry(3)})")
    code, said = site.verify()
    assert code == 1
    assert re.search(r"Entry 4 \(Unit made, .+\): the body is not what was recorded", said)


def test_edited_leaf(site: Site) -> None:
    site.run('UPDATE ledger_entry SET kind = "unit.closed" WHERE "index" = 3')
    code, said = site.verify()
    assert code == 1
    assert "something was changed or moved" in said


def test_edited_object(site: Site) -> None:
    """The columns by which entries are found are not hashed; they are compared with the body."""
    site.run('UPDATE ledger_entry SET object_id = ? WHERE "index" = 3', "0" * 32)
    code, said = site.verify()
    assert code == 1
    assert "under another object" in said


def test_swapped_entries(site: Site) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        site.run('UPDATE ledger_entry SET "index" = ? WHERE "index" = ?', new, old)
    code, said = site.verify()
    assert code == 1
    assert "something was changed or moved" in said


def test_a_sequencer_that_is_killed(site: Site) -> None:
    """Killed by the system between its statements: nothing is lost, nothing is doubled."""
    script = (
        "import django, os, signal, sys; django.setup()\n"
        "from datetime import timedelta\n"
        "from luoshi.base.models import Organisation\n"
        "from luoshi.ledger import sequence\n"
        "from tests.ledger.logs import AT, put\n"
        "bureau = Organisation.objects.get(slug='yunzhou')\n"
        "if sys.argv[1] == 'dies':\n"
        "    for n in range(6): put(bureau, n, at=AT + timedelta(days=3))\n"
        "    sequence._note = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "print(sequence.sequence(bureau.pk, holder=sys.argv[1], now=AT + timedelta(days=4)))\n"
        "print(sequence.sequence(bureau.pk, holder='later', now=AT + timedelta(days=5)))\n"
    )
    django = {"DJANGO_SETTINGS_MODULE": "luoshi.settings"}
    assert python("-c", script, "dies", **site.env, **django).returncode == -9
    assert site.one('SELECT count(*), max("index") FROM ledger_entry') == (41, 34)
    done = python("-c", script, "next", **site.env, **django)
    assert done.stdout.split() == ["0", "6"], "the lease of the dead one runs out, then all go on"
    assert site.one('SELECT count(*), max("index") FROM ledger_entry') == (41, 40)
    assert site.verify()[0] == 0


def test_removed_tail(site: Site) -> None:
    site.run(f"DELETE FROM ledger_body WHERE id = ({entry(34)})")
    site.run('DELETE FROM ledger_entry WHERE "index" = 34')
    code, said = site.verify()
    assert code == 1
    assert "the end is missing" in said


def test_a_tail_removed_with_every_trace_of_it(site: Site) -> None:
    """Below what a witness holds: found with its copy. Above: it is said that nobody can know."""
    rewrite(site, 3, size=15)
    assert site.verify()[0] == 0
    code, said = site.verify("--against", site.held)
    assert code == 1
    assert "here are only 15" in said


def test_rollback_to_a_backup(site: Site) -> None:
    shutil.copy(site.data / "backup", site.data / "db.sqlite3")
    code, said = site.verify()
    assert code == 1, "the signer remembers, beside its keys, that there was more"
    assert "set back to a backup" in said
    site.memory.unlink()
    code, said = site.verify()
    assert code == 0, "with the data folder set back as well, only the outside can tell"
    assert "No outside witness" in said
    code, said = site.verify("--against", site.held)
    assert code == 1
    assert "your side holds a checkpoint of 20 entries" in said


def test_a_rewritten_database_without_the_key(site: Site) -> None:
    """Who holds only the database: nothing is signed on top of it, and verify tells."""
    kept = site.memory.read_text()
    rewrite(site, 3)
    site.memory.write_text(kept)
    site.run("UPDATE ledger_checkpoint SET note = ''")
    code, said = site.verify()
    assert code == 1
    assert "the data folder with the signing key holds another root" in said
    assert "The newest checkpoint bears no good signature" in said
    python("-m", "luoshi", "work", "--once", **site.env)
    assert site.one("SELECT note FROM ledger_checkpoint") == ("",)


def test_split_view(site: Site) -> None:
    """Two logs, each whole and well signed: the witness signs one, and finds the other."""
    audit = witness.Witness.load(site.keeper)
    rewrite(site, 3)
    assert site.verify()[0] == 0
    code, said = site.verify("--against", site.held)
    assert code == 1
    assert "or there are two of it" in said
    (note,) = site.one("SELECT note FROM ledger_checkpoint")
    with pytest.raises(witness.NotSigned) as error:
        audit.sign(str(notes.Request(WITNESSED, (), str(note))), AT)
    assert error.value.status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_clock_set_back(site: Site) -> None:
    """Entries that claim an earlier time than those before them; the log holds all the same."""
    script = (
        "import django; django.setup()\n"
        "from luoshi.base.models import Organisation\n"
        "from tests.ledger.logs import AT, numbered\n"
        "numbered(Organisation.objects.get(slug='yunzhou'), 2, at=AT)\n"
    )
    done = python("-c", script, **site.env, DJANGO_SETTINGS_MODULE="luoshi.settings")
    assert done.returncode == 0, done.stderr
    code, said = site.verify()
    assert code == 0
    assert "2 entries, from entry 36 on, say a time before" in said
    assert "服务器的时钟可能被调过" in said


def test_resigned_with_a_stolen_key_before_the_last_outside_checkpoint(site: Site) -> None:
    rewrite(site, 7)
    code, said = site.verify("--against", site.held)
    assert code == 1
    assert "rewritten" in said


def test_resigned_with_a_stolen_key_after_it(site: Site) -> None:
    """This cannot be found, and the message says so."""
    rewrite(site, 27)
    code, said = site.verify("--against", site.held)
    assert code == 0
    assert "No outside witness since entry 20" in said
    assert "掌握服务器和密钥的人可以重写" in said


def test_resigned_with_another_key(site: Site) -> None:
    path = site.key
    name = notes.Signer.load(path).name
    path.unlink()
    notes.Signer.new(name).keep(path)
    rewrite(site, 27)
    code, said = site.verify()
    assert code == 1
    assert "The signature of the checkpoint of 35 entries is not good" in said


def test_a_body_removed_without_a_record(site: Site) -> None:
    site.run(f"DELETE FROM ledger_body WHERE id = ({entry(5)})")
    code, said = site.verify()
    assert code == 1
    assert "no entry records its erasure" in said


def test_a_forged_erasure(site: Site) -> None:
    """One lawful erasure in the log excuses no other body, whatever is done to its rows."""
    script = (
        "import django; django.setup()\n"
        "from luoshi.base.models import Organisation\n"
        "from luoshi.ledger import erasing\n"
        "from luoshi.ledger.models import Entry\n"
        "from luoshi.ledger.sequence import sequence\n"
        "from tests.ledger.logs import AT\n"
        "bureau = Organisation.objects.get(slug='yunzhou')\n"
        "one = Entry.objects.get(organisation=bureau, index=4)\n"
        "erasing.erase(bureau.pk, [one.pk], under='保管期限届满', actor='档案员', at=AT)\n"
        "sequence(bureau.pk, holder='t', now=AT)\n"
    )
    done = python("-c", script, **site.env, DJANGO_SETTINGS_MODULE="luoshi.settings")
    assert done.returncode == 0, done.stderr
    code, said = site.verify()
    assert code == 0
    assert "1 bodies were erased" in said
    (victim,) = site.one(entry(5))
    (record,) = site.one("SELECT id FROM ledger_entry WHERE kind = 'entry.erased'")
    dashed = [f"{k[:8]}-{k[8:12]}-{k[12:16]}-{k[16:20]}-{k[20:]}" for k in (victim, record)]
    site.run("DELETE FROM ledger_body WHERE id = ?", victim)
    for number, key in enumerate(dashed, 7):
        site.run(
            "INSERT INTO ledger_bulkrow (id, number, salt, body, organisation_id, entry_id) "
            "SELECT ?, ?, salt, ?, organisation_id, entry_id FROM ledger_bulkrow "
            "WHERE entry_id = ? LIMIT 1",
            f"{number:032x}", number, f'{{"entry":"{key}","index":{5 if number == 7 else 35}}}',
            record,
        )  # fmt: skip
    code, said = site.verify()
    assert code == 1
    assert "no entry records its erasure" in said
    site.run("DELETE FROM ledger_body WHERE id = ?", record)
    code, said = site.verify()
    assert code == 1, "a record of erasure without its own body excuses nothing"
    assert len(re.findall("no entry records its erasure", said)) == 3


def test_invented_and_vanished_witnesses(site: Site) -> None:
    site.run(
        'INSERT INTO ledger_outsidecopy (id, size, root, line, "on", at, by, organisation_id, '
        "witness_id) SELECT ?, c.size, c.root, '', '2026-03-04', '2026-03-04', '', "
        "c.organisation_id, w.id FROM ledger_checkpoint c, ledger_witness w "
        "ORDER BY c.size DESC LIMIT 1",
        "9" * 32,
    )
    code, said = site.verify()
    assert code == 1
    assert "no entry of the log records it" in said
    assert "No outside witness since entry 20" in said
    site.run("DELETE FROM ledger_outsidecopy")
    site.run("DELETE FROM ledger_witness")
    code, said = site.verify()
    assert code == 1
    assert "records “市审计局”, and it is not in the database any more" in said


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_checkpoint SET note = 'xx'",
        "UPDATE ledger_checkpoint SET root = 'zz' WHERE size = 35",
        "UPDATE ledger_entry SET at = 'x' WHERE \"index\" = 7",
        "UPDATE ledger_entry SET at = '2026-03-01' WHERE \"index\" = 30",
        "UPDATE ledger_outsidecopy SET root = 'zz'",
        "UPDATE ledger_body SET salt = 'text', body = x'00ff'",
        "UPDATE ledger_witness SET vkey = 'x'",
        "UPDATE ledger_logkey SET vkey = 'x+y+z'",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_tile",
    ],
)
def test_what_cannot_be_read_was_changed(site: Site, sql: str) -> None:
    """No edit makes the verification itself break down."""
    site.run(sql)
    code, said = site.verify()
    assert code == 1
    assert "存证不成立" in said


def test_nothing_to_verify(tmp_path: Path) -> None:
    env = {"LUOSHI_DATA": str(tmp_path), "LUOSHI_DATABASE": f"sqlite:{tmp_path / 'x.sqlite3'}"}
    assert python("-m", "luoshi", "manage", "migrate", "-v0", **env).returncode == 0
    done = python("-m", "luoshi", "verify", "--against", f"35:{'0' * 64}", **env)
    assert done.returncode == 2


def test_edited_tiles_and_rows(site: Site) -> None:
    site.run("UPDATE ledger_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0")
    assert "stored hashes of level 0" in site.verify()[1]
    site.run("UPDATE ledger_bulkrow SET body = '{\"n\":9}' WHERE number = 1")
    code, said = site.verify()
    assert code == 1
    assert "its rows are not those that were recorded" in said


def test_it_cannot_be_read(site: Site) -> None:
    site.run("DROP TABLE ledger_body")
    done = python("-m", "luoshi", "verify", **site.env)
    assert done.returncode == 2
    assert "无法读取" in done.stderr
    assert python("-m", "luoshi", "verify", "--against", "nowhere", **site.env).returncode == 2
