"""The suite mirrors the package; `python -m tests` runs it on both databases."""
