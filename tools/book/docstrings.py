"""Docstrings, written to be read in their source, as reStructuredText.

Stars, bars and underscores are mathematics there, and indented lines among the text are formulas,
shown as they stand. Sections ("Parameters", ...) are numpydoc's.
"""

import re
from pathlib import Path

import numpydoc
from jinja2 import Environment, FileSystemLoader
from numpydoc.docscrape_sphinx import SphinxDocString

CODE = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
ITEM = re.compile(r"\s*([-*]|\d+\.) ")
RULE = re.compile(r"\s*=+( +=+)+\s*")
SECTION = re.compile(r"^[A-Z][\w ]+\n-{3,}$", re.MULTILINE)
TEMPLATE = Environment(loader=FileSystemLoader(Path(numpydoc.__file__).parent / "templates")
                       ).get_template("numpydoc_docstring.rst")


def escaped(text: str) -> str:
    """With the characters escaped that are markup, but in code; a lone backtick is one of them."""
    parts = CODE.split(text)
    parts[::2] = [re.sub(r"[*|`]|_(?=\W|\Z)", r"\\\g<0>", part) for part in parts[::2]]
    # code ends where a letter follows, and begins after one, only with an escaped space between
    parts[2::2] = [re.sub(r"^(?=[\w^(=*+])", r"\\ ", part) for part in parts[2::2]]
    parts[:-1:2] = [re.sub(r"(?<=[\w)\]|=^*+])$", r"\\ ", part) for part in parts[:-1:2]]
    return "".join(parts)


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def text_and_formulas(text: str) -> list[str]:
    """Lines: paragraphs and items with markup escaped, what is indented below them as it is."""
    made, run, base, formula, table = [], [], 0, False, False

    def end_of_run(*after: str) -> None:
        made.extend(escaped("\n".join(run)).splitlines())
        made.extend(after)
        run.clear()

    for line in text.splitlines():
        if not line.strip():
            end_of_run("")
            table = False
            continue
        if RULE.fullmatch(line) or table:  # a table, until a rule before an empty line
            table = True
            run.append(line)
            continue
        item = ITEM.match(line)
        inside = indent(line) > base and (formula or not item)
        if inside and not formula:
            end_of_run("", "::", "")
        elif formula and not inside:
            made.append("")
        if inside:
            made.append(line)
        else:
            if item:  # begins a paragraph of its own
                end_of_run("")
            base = item.end() if item else indent(line)
            run.append(line)
        formula = inside
    end_of_run()
    return made


def restructured(docstring: str | None) -> list[str]:
    """Lines of reStructuredText."""
    text = docstring or ""
    start = SECTION.search(text)
    sections = text[start.start():] if start else ""
    lines = text_and_formulas(text[: len(text) - len(sections)])
    if sections:
        lines += ["", *str(SphinxDocString(escaped(sections), {"template": TEMPLATE})).splitlines()]
    return lines
