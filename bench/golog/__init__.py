"""The exported log in the eyes of a program that is not ours: Go's note and tlog packages.

Needs Debian's golang-go and golang-golang-x-mod-dev; says so where they are missing. The goal is
that everything holds, and that a forged tile does not.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench import databases

SOURCE = Path(__file__).with_name("verify.go")
PACKAGES = Path("/usr/share/gocode")
ENTRIES = 20_000


def main() -> None:
    """A log of 20,000 entries in SQLite, written as files, checked by Go."""
    if shutil.which("go") is None or not (PACKAGES / "src/golang.org/x/mod/sumdb").exists():
        print("  left out: install golang-go and golang-golang-x-mod-dev")
        return
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"LUOSHI_DATA": data, "LUOSHI_DATABASE": f"sqlite:{data}/bench.sqlite3"}
        databases.set_up()
        from bench.ledger import NOW, fill
        from luoshi.ledger import keys, published
        from luoshi.ledger.sequence import sequence

        organisation = fill(ENTRIES)
        sequence(organisation.pk, holder="bench", now=NOW)
        folder = Path(data) / "log"
        count = published.write(organisation.pk, folder)
        print(f"  {count} files written")
        check(folder, keys.public(organisation.pk)[0], 1_000, 12_345)
        tile = folder / "tile/0/003"
        tile.write_bytes(bytes(8192))
        try:
            check(folder, keys.public(organisation.pk)[0], 1_000, 12_345)
        except subprocess.CalledProcessError:
            print("  a tile of zeros in place of one: refused")
        else:
            raise AssertionError("a forged tile was not found")


def check(folder: Path, vkey: str, count: int, old: int) -> None:
    """Run the program; raises `CalledProcessError` when anything does not hold."""
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOFLAGS": ""}
    env["GOCACHE"] = str(folder.parent / "go-cache")
    words = ["go", "run", str(SOURCE), str(folder), vkey, str(count), str(old)]
    done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
    print(done.stdout, end="")
