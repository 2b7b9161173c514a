"""Static files whose address carries a stamp of their content, so that browsers may keep them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class StampedFiles(StaticFilesStorage):
    """`/static/luoshi/css/base.css?v=1f2e3d4c`: a new content is a new address; no build step."""

    def url(self, name: str | None) -> str:
        """The address of a static file with its stamp."""
        address = super().url(name)
        stamp = _stamp(str(name).partition("#")[0])
        path, mark, fragment = address.partition("#")
        return f"{path}?v={stamp}{mark}{fragment}" if stamp else address


@lru_cache(maxsize=500)
def _stamp(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:8]
