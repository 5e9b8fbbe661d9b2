"""Sphinx extension: citations, and names of notebooks and of the library, become links.

A citation in a notebook is a link to the reading guide, `[Huber (1964)](00_reading_guide.ipynb
#huber1964)`; here it leads to the work's entry in the bibliography.
"""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

GUIDE = "00_reading_guide"
KEY = re.compile(r"[a-z]+(19|20)\d\d[a-z]?")
logger = logging.getLogger(__name__)


class Citations(SphinxTransform):
    """Of the works in references.bib; another key is a warning."""

    default_priority = 10

    def apply(self, **options) -> None:
        works = self.env.get_domain("cite").bibdata.data.entries
        for node in list(self.document.findall(pending_xref)):
            page, key = node.get("reftarget", ""), node.get("reftargetid") or ""
            if page.rpartition("/")[2].removesuffix(".ipynb") != GUIDE:
                page, key = GUIDE, page  # within the guide
            if not KEY.fullmatch(key):
                continue
            if key not in works:
                logger.warning("%r is not in references.bib", key, location=node)
            citing(self.env).setdefault(key, set()).add(self.env.docname)
            uri = self.app.builder.get_relative_uri(self.env.docname, "bibliography")
            text = [child.deepcopy() for child in node.children[0].children]
            node.replace_self(nodes.reference("", "", *text, internal=True,
                                              refuri=f"{uri}#cite-{key}", classes=["cites"]))


def citing(env) -> dict[str, set[str]]:
    """Key of a work -> the pages that cite it."""
    if not hasattr(env, "book_citing"):
        env.book_citing = {}
    return env.book_citing


class CitedIn(SphinxPostTransform):
    """After each entry of the bibliography the notebooks that cite it."""

    default_priority = 5

    def run(self, **options) -> None:
        for entry in self.document.findall(nodes.citation):
            key = next((i for i in entry["ids"] if i.startswith("cite-")), "")[len("cite-"):]
            links = nodes.inline(classes=["cited-in"])
            for page in sorted(citing(self.env).get(key, ())):
                uri = self.app.builder.get_relative_uri(self.env.docname, page)
                number = page.rpartition("/")[2][:2]
                links += [nodes.Text(", " if links.children else " Cited in "),
                          nodes.reference("", number, internal=True, refuri=uri)]
            if links.children:
                entry.children[-1] += [*links.children, nodes.Text(".")]


class Names(SphinxPostTransform):
    """Code in the prose that is a notebook's name, or a name of the library, links to its page."""

    default_priority = 5

    def run(self, **options) -> None:
        for node in list(self.document.findall(nodes.literal)):
            if isinstance(node.parent, nodes.reference) or "xref" in node.get("classes", []):
                continue
            name = node.astext()
            uri = self.target(name)
            if uri:
                link = nodes.reference("", "", node.deepcopy(), internal=True, refuri=uri)
                node.replace_self(link)

    def target(self, name: str) -> str | None:
        """Where it is described, from here, or None."""
        builder, here = self.app.builder, self.env.docname
        page = f"notebooks/{name.removeprefix('notebooks/').removesuffix('.ipynb')}"
        if page in self.env.found_docs:
            return builder.get_relative_uri(here, page) if page != here else None
        if "." not in name:
            return None
        entry = found(self.env, name)
        return entry and f"{builder.get_relative_uri(here, entry.docname)}#{entry.node_id}"


def found(env, name: str):
    """Entry of a module, class or function by its name, with or without the library's."""
    objects = env.domains.python_domain.objects
    return objects.get(name) or objects.get(f"ntksgd.{name}")


def missing(app, env, node: pending_xref, content):
    """A name of the library that is given without ``ntksgd.``."""
    if node.get("refdomain") == "py" and (entry := found(env, node["reftarget"])):
        return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, content)
    return None


def setup(app) -> dict:
    app.add_transform(Citations)
    app.add_post_transform(CitedIn)
    app.add_post_transform(Names)
    app.connect("missing-reference", missing)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
