"""Commands for operators: show what happened to a ticket, and restart work that stopped."""

import sys
from importlib.util import find_spec

if find_spec("rich") is None and "-m" in sys.orig_argv:
    command = " ".join(sys.orig_argv[sys.orig_argv.index("-m") :])
    sys.exit(
        f"This Python lacks the packages of Kinexus. Run .venv/bin/python {command} (make demo creates .venv)."
    )
