"""Bundles what comes from npm into single committed files; no build step to run or develop pages.

`python tools/vendor.py` needs node, npm and the network: it installs exact versions in a temporary
folder, bundles them, and writes the files with their manifest. `--check` needs none of these: it
compares the committed files with the manifest and exits 1 where they differ.
"""

import argparse
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "luoshi/web/static/luoshi/vendor"
MANIFEST = "manifest.json"
BUNDLER = {"esbuild": "0.28.2"}
NOBLE = {"@noble/ed25519": "3.2.0", "@noble/hashes": "2.4.0"}
"""A curve and hashes in plain JavaScript: over http there is no WebCrypto."""
ENTRY = """\
import { Point } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
export { Point, sha256, sha512 };
"""
BANNER = "/*! Made by tools/vendor.py of {made_of}: MIT, see noble.licences.txt. Do not edit. */"


def bundle(packages: dict[str, str], entry: str, into: Path) -> dict[str, Any]:
    """Bundle `entry` into `into`, a plain script with one global of the file's name.

    The licences of the packages go beside it, whole. Returns the manifest's lines for both files.
    Raises `CalledProcessError` when npm or the bundler fails.
    """
    made_of = ", ".join(f"{name} {version}" for name, version in packages.items())
    licences = into.with_suffix(".licences.txt")
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
        (folder / "entry.js").write_text(entry, encoding="utf-8")
        wanted = [f"{name}@{version}" for name, version in (packages | BUNDLER).items()]
        # No lock file: it would name the registry's address. No scripts: nothing runs at install.
        options = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(
            ["npm", "install", "--save-exact", *options, *wanted], cwd=folder, check=True
        )
        command = [
            "node_modules/.bin/esbuild",
            "entry.js",
            "--bundle",
            "--format=iife",
            f"--global-name={into.stem}",
            "--target=chrome90",
            "--legal-comments=inline",
            "--charset=utf8",
            f"--banner:js={BANNER.format(made_of=made_of)}",
            f"--outfile={into}",
        ]
        subprocess.run(command, cwd=folder, check=True)
        found, texts = [], []
        for name, version in packages.items():
            own = folder / "node_modules" / name
            about = json.loads((own / "package.json").read_text(encoding="utf-8"))
            found.append({"name": name, "version": about["version"], "licence": about["license"]})
            text = (own / "LICENSE").read_text(encoding="utf-8").strip()
            texts.append(f"{name} {version}\n\n{text}\n")
    licences.write_text("\n\n".join(texts), encoding="utf-8")
    return {
        path.name: {"packages": found, "sha256": digest(path)} for path in sorted((into, licences))
    }


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    return sha256(path.read_bytes()).hexdigest()


def write(folder: Path = FOLDER) -> None:
    """Make every file and the manifest anew."""
    folder.mkdir(parents=True, exist_ok=True)
    files = bundle(NOBLE, ENTRY, folder / "noble.js")
    text = json.dumps({"bundler": BUNDLER, "files": files}, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def check(folder: Path = FOLDER) -> list[str]:
    """What differs between the folder and its manifest: nothing, when all is well."""
    listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    there = {path.name: path for path in folder.rglob("*") if path.is_file()}
    del there[MANIFEST]
    problems = [f"not in the manifest: {name}" for name in sorted(set(there) - set(listed))]
    problems += [f"missing: {name}" for name in sorted(set(listed) - set(there))]
    for name in sorted(set(listed) & set(there)):
        if digest(there[name]) != listed[name]["sha256"]:
            problems.append(f"changed: {name}")
        if not all(p["name"] and p["version"] and p["licence"] for p in listed[name]["packages"]):
            problems.append(f"without name, version or licence: {name}")
    return problems


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 on a difference"
    )
    if not parser.parse_args().check:
        write()
    problems = check()
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
