"""`python -m luoshi` is the `luoshi` command."""

import sys

from luoshi.cli import main

sys.exit(main())
