"""Old Word files through LibreOffice, where it is installed, kept apart as well as can be.

A profile and a home of its own for every call, macros and links off by its settings, no network
where the system lets a user give that up, limits on time, memory and what it writes; when its time
is over the whole process group is killed.
"""

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from . import refusals
from .apart import call

SECONDS = 60
"""How long a conversion may take; LibreOffice alone starts for some seconds."""
LARGEST_MADE = 60 * 1024 * 1024
MEMORY = 4 * 1024 * 1024 * 1024

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
# Limits are set by a process between ours and LibreOffice: nothing of ours runs after a fork.
_LIMITED = (
    "import os, resource as r, sys\n"
    "for what, most in ((r.RLIMIT_AS, {memory}), (r.RLIMIT_CPU, {seconds}), (r.RLIMIT_CORE, 0),\n"
    "                   (r.RLIMIT_FSIZE, {made})):\n"
    "    r.setrlimit(what, (most, most))\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)


def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def _without_network() -> tuple[str, ...]:
    """The words that start a program in a network of its own, where that is allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    words = (unshare, "--map-root-user", "--net", "--")
    done = subprocess.run(
        [*words, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return words if done.returncode == 0 else ()


def docx(data: bytes, suffix: str) -> bytes:
    """`data` (.doc, .wps or .rtf by `suffix`) as a .docx.

    Raises `Unreadable` with code needs_office, not_converted or too_slow.
    """
    office = program()
    if office is None:
        raise refusals.needs_office()
    with tempfile.TemporaryDirectory(prefix="luoshi-") as made:
        folder = Path(made)
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        (folder / "home").mkdir()
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        limited = _LIMITED.format(memory=MEMORY, seconds=SECONDS, made=LARGEST_MADE)
        words = [
            *_without_network(), sys.executable, "-I", "-c", limited,
            office, f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless", "--invisible", "--norestore", "--nologo", "--nolockcheck",
            "--nodefault", "--convert-to", "docx:MS Word 2007 XML",
            "--outdir", str(folder / "out"), str(source),
        ]  # fmt: skip
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder),
            "LC_ALL": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
        }
        code, out, said = call(words, b"", seconds=SECONDS, environment=environment)
        target = folder / "out" / "document.docx"
        if not target.is_file() or not 0 < target.stat().st_size <= LARGEST_MADE:
            refusal = refusals.not_converted()
            refusal.add_note(f"exit {code}: {(out + said).decode('utf-8', 'replace')[-1000:]}")
            raise refusal
        return target.read_bytes()
