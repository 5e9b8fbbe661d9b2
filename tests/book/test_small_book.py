"""What the book makes of notebooks and docstrings, and that its checks see what is broken."""

import re
import shutil

import pytest

from book.building import built, small
from book.reading import Tab, broken_links, faults

PAGE = "notebooks/01_small.html"


def text(book, page):
    return (book / page).read_text(encoding="utf-8")


def test_a_picture_is_described_as_stored(small_book):
    assert '<img alt="One &lt;dot&gt;."' in text(small_book, PAGE)


def test_a_set_up_cell_is_folded(small_book):
    folded = re.findall(r"<details class=\"[^\"]*hide[^\"]*\">(.*?)</details>",
                        text(small_book, PAGE), re.DOTALL)
    assert len(folded) == 1
    assert "numpy" in folded[0] and "draw" not in text(small_book, PAGE).split("<details")[0]


def test_a_citation_leads_to_its_entry(small_book):
    assert re.search(r'href="../bibliography.html#cite-huber1981">Huber \(1981\)</a>',
                     text(small_book, PAGE))
    entry = text(small_book, "bibliography.html").split('id="cite-huber1981"')[1]
    assert "Robust Statistics" in entry
    assert 'href="notebooks/01_small.html"' in entry


def test_names_lead_to_their_pages(small_book):
    assert 'href="../api/width.html#module-ntksgd.width.laws"' in text(small_book, PAGE)
    assert 'href="01_small.html"><code' in text(small_book, "notebooks/00_reading_guide.html")
    assert 'href="width.html#ntksgd.width.laws.law"' in text(small_book, "api/index.html")


def test_a_docstring_is_shown_as_it_reads(small_book):
    page = re.sub(r"<[^>]*>", "", text(small_book, "api/width.html"))
    assert "m* = |c| T^a," in page
    assert "In |x| &lt;= 1." in page
    assert "law(c, a=0.5)" in page


BROKEN = {
    "[Nobody (1999)](00_reading_guide.ipynb#nobody1999)": "'nobody1999' is not in references.bib",
    "[notebook 7](07_none.ipynb)": "07_none.ipynb",
    "[a section](01_small.ipynb#nowhere)": "nowhere",
    "![a figure](../figures/none.png)": "none.png",
}


def test_broken_references_are_errors(tmp_path):
    result = built(tmp_path, small(tmp_path / "root", ", ".join(BROKEN)))
    assert result.returncode != 0
    assert [problem for problem in BROKEN.values() if problem not in result.stderr] == []
    assert result.stderr.count("WARNING") == len(BROKEN)


BREAKS = [
    ("formula in error", r"\(m^*\)", r"\(m^a^b\)"),
    ("formulas are set", r"\(m^*\)", r"\(\frac{1\)"),
    ("formulas are set", "mathjax/tex-chtml-full.js", "mathjax/none.js"),
    ("picture not shown", 'src="../_images/', 'src="../_images/no'),
    ("from outside", "</head>", '<script src="HOST/x.js"></script></head>'),
    ("error in a script", "</head>", "<script>nothing.at.all</script></head>"),
    ("console", "</head>", "<script>console.error('it')</script></head>"),
    ("wide on a screen", "</article>", "<p style='width: 500px'>wide</p></article>"),
    ("picture described as", "One &lt;dot&gt;.", "Another."),
    ("picture without a description", "</article>", '<img src="../_static/minus.png"></article>'),
    ("pictures among the outputs", "cell_output", "cell_nothing"),
]


@pytest.fixture
def copy(small_book, tmp_path):
    return shutil.copytree(small_book, tmp_path / "book")


@pytest.fixture
def tab(chromium):
    """One for each page, whose errors may come late."""
    tab = Tab(chromium)
    yield tab
    tab.context.close()


def test_a_sound_page_has_no_faults(copy, tab):
    assert faults(tab, copy / PAGE, ["One <dot>."]) == []


@pytest.mark.parametrize(("fault", "old", "new"), BREAKS)
def test_a_broken_page_is_seen(fault, old, new, copy, tab):
    page = text(copy, PAGE)
    assert old in page
    (copy / PAGE).write_text(page.replace(old, new.replace("HOST", "http" + "://nowhere.invalid")))
    assert fault in " ".join(faults(tab, copy / PAGE, ["One <dot>."]))


@pytest.mark.parametrize(("old", "new"), [
    ('href="00_reading_guide.html"', 'href="00_guide.html"'),
    ("#cite-huber1981", "#cite-huber1982"), ("../_static/book.css", "../_static/cook.css"),
])
def test_a_broken_link_is_seen(old, new, copy):
    assert list(broken_links(copy)) == []
    page = text(copy, PAGE)
    assert old in page
    (copy / PAGE).write_text(page.replace(old, new))
    assert list(broken_links(copy)) != []
