"""Benchmarks: each script measures something and compares it with a named peer or lower bound."""

import sys
from importlib.util import find_spec

if find_spec("rich") is None and "-m" in sys.orig_argv:
    command = " ".join(sys.orig_argv[sys.orig_argv.index("-m") :])
    sys.exit(
        f"This Python lacks the packages of Kinexus. Run .venv/bin/python {command} (make check creates .venv)."
    )
