"""The book, opened page by page in a browser without a network."""

import json
import re

import pytest

from book.building import ROOT, built
from book.reading import Tab, broken_links, faults

NOTEBOOKS = sorted(p.stem for p in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PACKAGES = sorted(p.name for p in (ROOT / "lib/ntksgd").iterdir() if (p / "__init__.py").exists())
PAGES = ["index", "explorer", "bibliography", "search", "genindex", "py-modindex",
         *(f"notebooks/{name}" for name in NOTEBOOKS),
         *(f"api/{name}" for name in ("index", *PACKAGES))]


def stored(name: str) -> list[str | None]:
    """The descriptions of the pictures in a notebook's outputs, None where there is none yet."""
    cells = json.loads((ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [output["metadata"].get("image/png", {}).get("alt") for cell in cells
            for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


@pytest.fixture(scope="module")
def tab(chromium):
    """One for all pages, which share scripts and fonts."""
    tab = Tab(chromium)
    yield tab
    tab.context.close()


def test_every_page_is_tested(book):
    found = {str(p.relative_to(book).with_suffix("")) for p in book.rglob("*.html")
             if "_static" not in p.parts}
    assert found == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_without_a_network(name, book, tab):
    outputs = stored(name.split("/")[1]) if name.startswith("notebooks/") else None
    assert faults(tab, book / f"{name}.html", outputs) == []


def test_links_lead_somewhere(book):
    assert list(broken_links(book)) == []


def test_the_bibliography_is_what_the_notebooks_cite():
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "notebooks").glob("[0-9]*.py")]
    cited = set(re.findall(r"\]\(00_reading_guide\.ipynb#([a-z]+\d{4}[a-z]?)\)", "".join(sources)))
    works = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "notebooks/references.bib").read_text(
        encoding="utf-8"), re.MULTILINE))
    assert cited <= works
    if cited:
        assert works == cited


def test_search_finds_a_word(book, chromium):
    for word, page in (("squareplus", "01_tangent_kernel"), ("expected_risk", "risk")):
        context = chromium.new_context(offline=True)
        try:
            tab = context.new_page()
            tab.goto(f"{(book / 'search.html').as_uri()}?q={word}")
            tab.wait_for_selector("#search-results li a", timeout=10_000)
            tab.wait_for_function("document.querySelector('#search-results p.search-summary, "
                                  "#search-results p')?.innerText.match(/\\d/)")
            assert any(page in (a.get_attribute("href") or "")
                       for a in tab.query_selector_all("#search-results li a"))
        finally:
            context.close()


def test_two_builds_are_the_same_bytes(book, tmp_path):
    result = built(tmp_path, PYTHONHASHSEED="2")
    assert result.returncode == 0, result.stderr
    first, second = ({p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
                     for f in (book, tmp_path / "book"))
    assert sorted(first) == sorted(second)
    assert [str(name) for name in first if first[name] != second[name]] == []
