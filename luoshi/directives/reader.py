"""Which model reads an organisation's documents: the one that is shipped, or its own.

An organisation's own model lies beside its data (`reader/<organisation>.json`), is made by
`luoshi reader train` from what its clerks corrected, and is gone with `luoshi reader reset`.
"""

from functools import lru_cache
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings

from luoshi.directives.models import Directive
from luoshi.reading.explain import Explained, explain
from luoshi.reading.judgement import Judge
from luoshi.reading.learnt import Model, load, shipped

log = structlog.get_logger(__name__)


def path_of(organisation_id: UUID) -> Path:
    """Where an organisation's own model lies, made or not."""
    return Path(settings.DATA_DIR) / "reader" / f"{organisation_id}.json"


def own_model(organisation_id: UUID) -> Model | None:
    """The organisation's own model; None without one, or where its file cannot be read."""
    path = path_of(organisation_id)
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        log.warning("reader_model_unreadable", path=path.name, error=type(error).__name__)
        return None


@lru_cache(maxsize=4)
def _loaded(path: Path, changed: int) -> Model:
    return load(path)


def stages(directive: Directive, start: int, end: int) -> list[Explained]:
    """How the sentences that share characters with a stretch were read, as the model would now."""
    model = own_model(directive.organisation_id) or shipped()
    told = explain(directive.text, directive.issued_on, model, year=directive.year)
    return [one for one in told if one.start < end and start < one.end]


def judge(organisation_id: UUID) -> Judge:
    """Who decides an organisation's documents."""
    return Judge(own_model(organisation_id) or shipped())
