"""The book as `make book` builds it, and a browser without a network to read it in."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from book.building import built, small

# they need the book's environment: `make test` runs them with its python
collect_ignore = [] if find_spec("myst_nb") else ["test_book.py", "test_small_book.py"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def book(tmp_path_factory) -> Path:
    """The folder of its pages."""
    work = tmp_path_factory.mktemp("book")
    result = built(work, PYTHONHASHSEED="1")
    assert result.returncode == 0, result.stderr
    return work / "book"


@pytest.fixture(scope="session")
def small_book(tmp_path_factory) -> Path:
    """That of a small repository."""
    work = tmp_path_factory.mktemp("small")
    result = built(work, small(work / "root"))
    assert result.returncode == 0, result.stderr
    return work / "book"


@pytest.fixture(scope="session")
def chromium():
    """Chromium, or Chrome, without a head; left out where there is none, but not in CI."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        if os.environ.get("NTKSGD_BROWSER") == "required":
            pytest.fail(f"no browser: none of {', '.join(BROWSERS)} is on the path")
        pytest.skip("the book was not opened: there is no Chromium or Chrome here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()
