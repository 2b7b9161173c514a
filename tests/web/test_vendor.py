"""Files that were bundled from npm are the ones that the manifest names."""

import json
import shutil
from pathlib import Path

import pytest

from tools import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(vendor.FOLDER, tmp_path / "vendor"))


def test_the_committed_files_are_those_of_the_manifest() -> None:
    assert vendor.check() == []


def test_every_file_is_listed_with_packages_licence_and_sum() -> None:
    listed = json.loads((vendor.FOLDER / vendor.MANIFEST).read_text(encoding="utf-8"))["files"]
    there = {path.name for path in vendor.FOLDER.iterdir()} - {vendor.MANIFEST}
    assert set(listed) == there
    for entry in listed.values():
        versions = {package["name"]: package["version"] for package in entry["packages"]}
        assert versions == vendor.NOBLE
        assert {package["licence"] for package in entry["packages"]} == {"MIT"}
        assert len(entry["sha256"]) == 64


def test_licences_are_there_in_full() -> None:
    text = (vendor.FOLDER / "noble.licences.txt").read_text(encoding="utf-8")
    assert text.count("The above copyright notice and this permission notice") == 2
    assert "MIT License" in (vendor.FOLDER / "noble.js").read_text(encoding="utf-8")


def test_a_change_a_loss_and_a_stranger_are_found(copy: Path) -> None:
    (copy / "more.js").write_text("1;\n", encoding="utf-8")
    (copy / "noble.licences.txt").unlink()
    (copy / "noble.js").write_bytes((copy / "noble.js").read_bytes() + b"\n")
    assert vendor.check(copy) == [
        "not in the manifest: more.js",
        "missing: noble.licences.txt",
        "changed: noble.js",
    ]
