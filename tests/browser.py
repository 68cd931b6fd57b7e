"""A headless Chromium for tests, and axe, which finds faults of accessibility; tests skip where either is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_GRAVE = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium; skip the test where none is installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@dataclass
class Screen:
    """A browser's window that records errors of scripts and requests to other sites than `allowed`."""

    context: BrowserContext
    allowed: tuple[str, ...]
    problems: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """Open a URL in a new tab."""
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self._check(request.url))
        page.goto(url)
        return page

    def _check(self, url: str) -> None:
        if not url.startswith((*self.allowed, "data:")):
            self.problems.append(f"request for {url}")


@contextmanager
def screen(
    browser: Browser, *allowed: str, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Screen]:
    """Open a window; at its end there must have been no problem."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    shown = Screen(context, allowed)
    yield shown
    context.close()
    assert shown.problems == []


def grave_faults(page: Page) -> list[str]:
    """Return axe's serious and critical findings on a page: the rule, and the elements concerned."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing"
    )
    found: dict[str, Any] = axe.Axe().run(page).response
    return [
        f"{each['id']}: {'; '.join(str(node['target']) + ' ' + node['failureSummary'] for node in each['nodes'])}"
        for each in found["violations"]
        if each["impact"] in _GRAVE
    ]
