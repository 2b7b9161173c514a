"""The invented bureau that `make demo` loads: who works there, and what its leader said.

`organisation` is plain data without Django; `speech.txt` is the document, with `{year}` and
`{last_year}` left open so that the demo is never out of date. City, bureau, people and sentences
are invented.
"""

SLUG = "demo"
PASSWORD = "luoshi-demo-2026"  # printed on the terminal, for invented people only
CLERK = "hejingzhi"
ADMIN = "luoxiwen"
