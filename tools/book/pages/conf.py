"""Sphinx settings of the book; `build.py` lays its sources out beside this file, and calls Sphinx.

The extensions without a dot in their names are modules beside `build.py`.
"""

project = "SGD for two-layer networks, against its kernel"
author = "the authors of ntksgd"
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "bibliography",
    "pictures",
    "references",
]
exclude_patterns = ["README.md"]

# --- notebooks: as they were stored, nothing runs ------------------------------------------------
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # links and formulas of outputs as in the text
myst_enable_extensions = ["amsmath", "attrs_inline", "dollarmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

# --- the library's reference (api.py) ------------------------------------------------------------
maximum_signature_line_length = 90
add_module_names = False
toc_object_entries = False  # a page lists its modules
highlight_language = "none"  # of formulas in docstrings; a notebook's cells say theirs
python_use_unqualified_type_names = True
default_role = "py:obj"

# --- literature ----------------------------------------------------------------------------------
bibtex_bibfiles = ["notebooks/references.bib"]
bibtex_default_style = "ours"
bibtex_cite_id = "cite-{key}"

# --- pages ---------------------------------------------------------------------------------------
mathjax_path = "mathjax/tex-chtml-full.js"
# the menu makes a stop of the Tab key of every formula, and loads what is not here
mathjax3_config = {"options": {"enableMenu": False}}
html_theme = "sphinx_book_theme"
html_title = "SGD for two-layer networks"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # a page opened from a disk may not fetch the others
html_theme_options = {
    "use_download_button": False,
    "show_toc_level": 2,
    "toc_title": "On this page",
}
