"""A private PostgreSQL for one test run: its own folder, a socket only, never as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest version first, or None."""
    found = sorted(
        glob("/usr/lib/postgresql/*/bin/initdb"),
        key=lambda p: float(Path(p).parts[-3]),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        found.append(on_path)
    return Path(found[0]).parent if found else None


def runner() -> dict[str, object]:
    """How to start it as somebody who is not root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("no user to run PostgreSQL as: create one called postgres")


@contextmanager
def cluster(bin_dir: Path) -> Iterator[str]:
    """Start a cluster, give its address for LUOSHI_DATABASE, and stop and remove it."""
    who = runner()
    folder = Path(tempfile.mkdtemp(prefix="luoshi-pg-"))
    try:
        data = folder / "data"
        data.mkdir()
        if "user" in who:
            for path in (folder, data):
                os.chown(path, who["user"], who["group"])  # type: ignore[arg-type]  # ints from pwd
        clean = {k: v for k, v in os.environ.items() if not k.startswith("PG")}

        def call(*words: str) -> None:
            subprocess.run(
                words,
                check=True,
                cwd=folder,
                env=clean,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                **who,
            )  # type: ignore[call-overload]  # user/group/extra_groups, see runner

        call(str(bin_dir / "initdb"), "-D", str(data), "-U", "luoshi", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "-N")  # fmt: skip
        options = (
            f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off "
            "-c full_page_writes=off -c shared_buffers=256MB -c max_wal_size=2GB "
            # Plans must not depend on when a vacuum came round; a bad one fails, it never hangs.
            "-c autovacuum=off -c statement_timeout=120s"
        )
        control = str(bin_dir / "pg_ctl")
        call(
            control, "-D", str(data), "-w", "-s", "-l", str(folder / "log"), "-o", options, "start"
        )
        try:
            yield f"postgresql://luoshi@/luoshi?host={folder}"
        finally:
            call(control, "-D", str(data), "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
