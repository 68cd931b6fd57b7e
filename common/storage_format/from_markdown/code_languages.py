"""Languages of Confluence's code macro, and their aliases in Markdown."""

from __future__ import annotations

from common.storage_format.xml.vocabulary import names

KNOWN = names(
    """
    abap actionscript3 ada applescript arduino autoit bash c clojure cpp coffeescript coldfusion csharp css cuda
    d dart delphi diff elixir erlang fortran foxpro go graphql groovy handlebars haskell haxe hcl html2 html
    j java java-fx javafx javascript jinja2 json jsx julia kotlin latex less livescript lua mathematica matlab
    mermaid none objective-c objective-j objectpascal ocaml octave pascal perl php plaintext powershell prolog
    protobuf puppet py python qml r racket restructuredtext ruby rust sass scala scheme scss shell smalltalk sql
    standardml swift tcl tex text toml tsx typescript vala vb vbnet verilog vhdl xml xquery yaml yml
    """
)

_ALIASES = {
    "as3": "actionscript3",
    "bat": "powershell",
    "batch": "powershell",
    "c#": "csharp",
    "c++": "cpp",
    "cc": "cpp",
    "cmd": "powershell",
    "console": "bash",
    "cs": "csharp",
    "cxx": "cpp",
    "dockerfile": "bash",
    "ex": "elixir",
    "exs": "elixir",
    "f90": "fortran",
    "golang": "go",
    "gradle": "groovy",
    "gql": "graphql",
    "hs": "haskell",
    "html5": "html",
    "htm": "html",
    "javascriptreact": "jsx",
    "jl": "julia",
    "js": "javascript",
    "json5": "json",
    "jsonc": "json",
    "kt": "kotlin",
    "ksh": "bash",
    "m": "objective-c",
    "mjs": "javascript",
    "objc": "objective-c",
    "patch": "diff",
    "pl": "perl",
    "plain": "text",
    "pgsql": "sql",
    "plpgsql": "sql",
    "postgresql": "sql",
    "proto": "protobuf",
    "ps1": "powershell",
    "pwsh": "powershell",
    "py3": "python",
    "python3": "python",
    "rb": "ruby",
    "rs": "rust",
    "rst": "restructuredtext",
    "sh": "bash",
    "shell-session": "bash",
    "sh-session": "bash",
    "terraform": "hcl",
    "tf": "hcl",
    "ts": "typescript",
    "txt": "text",
    "vb.net": "vbnet",
    "xhtml": "html",
    "zsh": "bash",
}


def known_language(name: str) -> str:
    """Return the code macro's name for a language; empty if the macro does not know it."""
    name = name.lower()
    name = _ALIASES.get(name, name)
    return name if name in KNOWN else ""
