"""The habits of the house, checked on the source: what review forgets, a test remembers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from luoshi.base.models import Organisation, OrganisationKey, OrganisationModel

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "luoshi"
OURS = [
    m for m in apps.get_models() if m.__module__.startswith("luoshi.") and not m._meta.auto_created
]
WITHOUT_ORGANISATION = {
    "Organisation": "is the organisation",
    "User": "signs in before the organisation is known (docs/decisions/0002)",
    "Head": "one row an organisation, keyed by it",
    "SumHead": "one row an organisation, keyed by it",
}
ACTIONS = [
    *PACKAGE.glob("*/actions.py"),
    *PACKAGE.glob("*/actions/*.py"),
    *PACKAGE.glob("*/schedule.py"),
]


def sources(*patterns: str) -> Iterator[tuple[Path, ast.Module]]:
    for pattern in patterns:
        for path in sorted(PACKAGE.glob(pattern)):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{a.name}" for a in node.names}
    return names


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_every_table_belongs_to_an_organisation(model: type[models.Model]) -> None:
    if model.__name__ in WITHOUT_ORGANISATION:
        return
    assert issubclass(model, OrganisationModel)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert constraint.fields[0] == "organisation", constraint.name
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and issubclass(
            field.related_model, OrganisationModel
        ):
            assert isinstance(field, OrganisationKey), f"{field} leaves the organisation open"
        if isinstance(field, OrganisationKey):
            assert field.related_model is not Organisation


def test_no_signals_no_save_overrides_no_broad_except() -> None:
    for path, tree in sources("**/*.py"):
        for name in imported(tree):
            assert not name.startswith(("django.dispatch", "django.db.models.signals")), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert node.name not in ("save", "delete"), f"{path}: {node.name} is overridden"
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in ("everything", "Exception", "BaseException"), path


def test_actions_read_no_clock_and_know_no_http() -> None:
    assert ACTIONS
    for path in ACTIONS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name in imported(tree):
            assert not name.startswith(("django.http", "django.shortcuts", "luoshi.web")), path
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("now", "today", "utcnow", "localdate"), f"{path}: clock"


def test_nothing_below_forms_knows_http() -> None:
    below = ("models", "access", "queries", "schedule", "triage", "resolving")
    for path, tree in sources("*/*.py"):
        if path.stem in below or path.parent.name in ("lib", "reading", "papers", "ledger"):
            for name in imported(tree):
                assert not name.startswith(("django.http", "django.shortcuts")), path


def test_views_write_nothing_by_themselves() -> None:
    writes = re.compile(
        r"\.(save|create|bulk_create|bulk_update|delete|get_or_create|update_or_create)\("
        r"|objects\.[^\n]*\.update\(|\bchange\(|ledger\.append"
    )
    for path, _ in sources("*/views.py", "*/views/*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "actions." in line or line.lstrip().startswith(("#", "from ", "import ", '"')):
                continue
            assert not writes.search(line), f"{path}:{number}: {line.strip()}"


def test_rooms_stay_small() -> None:
    for path, _ in sources("**/*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 600, f"{path.relative_to(ROOT)} has {lines} lines: split it by noun"


def test_web_processes_load_nothing_heavy() -> None:
    heavy = ("jieba", "scipy", "numpy", "docx", "xlsxwriter", "python_calamine", "lxml", "cn2an")
    for path, tree in sources("*/views.py", "*/views/*.py", "*/queries.py", "*/models.py"):
        for name in imported(tree):
            assert not name.startswith(heavy), f"{path} imports {name}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    source = (PACKAGE / "settings.py").read_text(encoding="utf-8")
    used = set(re.findall(r'env(?:_int|_bool)?\(\s*"([A-Z_]+)"', source))
    documented = set(re.findall(r"`LUOSHI_([A-Z_]+)`", text))
    assert used == documented


def test_no_secret_place_is_named() -> None:
    """No address of a package registry and no folder of somebody's machine in any file."""
    bad = re.compile(
        r"(files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian\.org|/root/|/home/\w+/|(?<![\w>}])/work/)"
    )
    skipped = {".git", ".venv", "node_modules", "var", ".mypy_cache", ".ruff_cache", "build"}
    for path in ROOT.rglob("*"):
        if skipped & set(path.relative_to(ROOT).parts) or not path.is_file():
            continue
        if path.suffix in (".py", ".md", ".txt", ".toml", ".json", ".html", ".css", ".js", ".in"):
            found = bad.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found or path == Path(__file__), f"{path}: {found and found.group()}"
