"""Frame for self-contained HTML pages without scripts or external resources, enforced by a Content-Security-Policy.

Apart from `data:` images, the policy allows only the page's own style, by its hash
(https://www.w3.org/TR/CSP3/#match-element-to-source-list).
"""

import base64
import hashlib
import html
import re

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

BASE_STYLE = """
:root {
  color-scheme: light dark;
  --ground: #fff; --raised: #f7f8f9; --line: #dcdfe4; --veil: #091e4214; --text: #172b4d; --quiet: #596579;
  --accent: #0c66e4; --add: #dcf5e7; --add-strong: #9fe0bf; --add-line: #22a06b; --add-text: #114b32;
  --del: #ffeceb; --del-strong: #ffc5c0; --del-line: #c9372c; --del-text: #6b1a14;
  --note: #fff7d6; --note-line: #b38600;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161a1d; --raised: #1f2429; --line: #38414a; --veil: #ffffff1f; --text: #dee4ea; --quiet: #9fadbc;
    --accent: #79b0ff; --add: #12301f; --add-strong: #1f6b45; --add-line: #4bce97; --add-text: #d3f9e4;
    --del: #3a1a18; --del-strong: #8a2f26; --del-line: #f87168; --del-text: #ffdedb;
    --note: #332b0f; --note-line: #e2b203;
  }
}
* { box-sizing: border-box }
html {
  background: var(--ground); color: var(--text); -webkit-text-size-adjust: 100%;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
body { margin: 0 auto; max-width: 84rem; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 4rem }
a { color: var(--accent); text-underline-offset: .15em }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px;
}
h1 {
  font-size: clamp(1.5rem, 1.2rem + 1.5vw, 2.1rem); letter-spacing: -.01em; line-height: 1.2;
  margin: .2rem 0 .6rem; overflow-wrap: anywhere;
}
.eyebrow {
  color: var(--quiet); font-size: .8rem; font-weight: 600; letter-spacing: .06em; margin: 0; text-transform: uppercase;
}
.quiet { color: var(--quiet) }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
"""


def escape(text: str) -> str:
    """Escape text for use between tags and in quoted attributes."""
    return html.escape(text, quote=True)


def html_document(title: str, style: str, body: str) -> str:
    """Build a whole page; `title` is text, `style` CSS without `</style>`, `body` HTML."""
    style = BASE_STYLE + style
    policy = content_security_policy(f"<style>{style}</style>")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(title)}</title>\n<style>{style}</style>\n'
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def content_security_policy(page: str) -> str:
    """Return the policy for a page built by `html_document`: it allows the page's own style and `data:` images."""
    style = _STYLE.search(page)
    digest = hashlib.sha256((style.group(1) if style else "").encode()).digest()
    source = f"'sha256-{base64.b64encode(digest).decode()}'"
    return f"default-src 'none'; style-src {source}; img-src data:; base-uri 'none'; form-action 'none'"
