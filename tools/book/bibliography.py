"""Sphinx extension: how an entry of the bibliography looks."""

from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style


class Ours(Style):
    """Sorted by author and year; no labels, as the notebooks cite by author and year."""

    default_sorting_style = "author_year_title"


def setup(app) -> dict:
    register_plugin("pybtex.style.formatting", "ours", Ours)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
