"""The layer of the pipeline's functions: the packages that they import beyond boto3, without what they never read.

Patterns are relative to the folder of the packages, as in `exclude` of PythonLayer. Tests import every handler beside
this layer: tests/stack/test_pipeline_archives.py.
"""

from pathlib import Path

from ..function.bytecode import find_interpreter
from ..function.packaging import UPLOAD_LIMIT, layer_archive
from ..function.requirements_lock import LambdaTarget
from .validation import ROOT

LOCK = ROOT / "handlers" / "requirements.lock"
"""The packages, with exact versions and hashes."""

LIMIT = 3 * 512 * 1024
"""Maximum size of the layer without bytecode, in bytes: a larger one holds something that no function reads."""

_OTHER_LANGUAGES = (
    "snowballstemmer/__init__.py",
    "snowballstemmer/[a-df-z]*_stemmer.py",
    "snowballstemmer/es*_stemmer.py",
)
"""All stemmers except the English one. `__init__.py` imports them all; without it, Python finds each by itself:
https://docs.python.org/3/reference/import.html#namespace-packages"""

_OTHER_SYNTAX = (
    *(
        f"mdit_py_plugins/{name}"
        for name in (
            "amsmath", "anchors", "attrs", "colon_fence.py", "container", "field_list", "front_matter", "gfm",
            "gfm_autolink", "myst_blocks", "myst_role", "section_ref", "subscript", "substitution.py", "superscript",
            "tasklists", "texmath", "wordcount",
        )
    ),
)  # fmt: skip
"""All Markdown plugins except those of admonitions, definition lists, formulas and footnotes."""

_NOT_CALLED = (
    "certifi/tests",
    "idna/cli.py",
    "idna/uts46data.py",
    "markdown_it/cli",
    "requests/help.py",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/pyopenssl.py",
    "urllib3/contrib/socks.py",
    "urllib3/http2/connection.py",
)
"""Command-line programs, tests, parts that need packages which the layer does not have, and the table by which requests
maps hosts with letters beyond ASCII: settings refuse such hosts."""

_GUESSED_ENCODINGS = ("charset_normalizer", "charset_normalizer-*.dist-info")
"""requests guesses with it the encoding of an answer that names none; without it, it reads such an answer as UTF-8."""

_DOCUMENTATION = ("README.md", "port.yaml")
"""Notes for the packages' own developers."""

EXCLUDE = (*_OTHER_LANGUAGES, *_OTHER_SYNTAX, *_NOT_CALLED, *_GUESSED_ENCODINGS, *_DOCUMENTATION)
"""What stays out of the layer. Licences stay in."""


def build_layer(*, bytecode: bool = False) -> Path:
    """Build the layer's archive if it does not exist yet; return its path."""
    interpreter = find_interpreter(LambdaTarget().python) if bytecode else None
    limit = LIMIT if interpreter is None else UPLOAD_LIMIT
    return layer_archive(LOCK, ROOT / ".build", limit=limit, exclude=EXCLUDE, interpreter=interpreter)
