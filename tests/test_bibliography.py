"""Works cited: read from BibTeX, listed, and cited from the notebooks by keys that exist."""

import re

import pytest

from ntksgd.report.bibliography import entries, listed
from ntksgd.report.paths import root

TEXT = r"""
@article{muecke2019,
  author = {M{\"u}cke, Nicole and \c{C}inlar, L{\'e}na{\"\i}c},
  title = {Beating {SGD} saturation},
  journal = {NeurIPS},
  year = 2019,
  eprint = {1902.08668},
}

@book{bach2024,
  title = {A
    book},
  author = {Bach, Francis and others},
  year = {2024}
}
"""


def test_entries_are_read_and_listed(tmp_path):
    path = tmp_path / "works.bib"
    path.write_text(TEXT, encoding="utf-8")
    found = entries(path)
    assert found["muecke2019"]["author"] == "Mücke, Nicole and Çinlar, Lénaïc"
    assert found["bach2024"]["title"] == "A book"
    assert listed(found).splitlines() == [
        '- <a id="bach2024"></a>Francis Bach, et al.. *A book*. 2024.',
        '- <a id="muecke2019"></a>Nicole Mücke, Lénaïc Çinlar. *Beating SGD saturation*. NeurIPS, '
        '2019, arXiv 1902.08668.']


@pytest.mark.parametrize(("text", "message"), [
    ("@misc{a,\n title = {t},\n year = {1},\n}\n", "a has no author"),
    (2 * "@misc{a,\n author = {A},\n title = {t},\n year = {1},\n}\n", "a stands twice")])
def test_what_is_missing_or_double_is_named(text, message, tmp_path):
    path = tmp_path / "works.bib"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        entries(path)


def test_every_citation_has_an_entry_and_every_entry_is_cited():
    notebooks = root() / "notebooks"
    text = "".join(path.read_text(encoding="utf-8") for path in notebooks.glob("*.py"))
    cited = set(re.findall(r"00_reading_guide\.ipynb#([a-z]+\d{4}[a-z]?)\b", text))
    assert cited == set(entries(notebooks / "references.bib"))
