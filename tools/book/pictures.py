"""Sphinx extension: a figure in a notebook's output has the description that was stored with it."""

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer


def described(render):
    """Give the images that `render` makes the ``alt`` of the output's metadata."""

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        made = render(self, data)
        alt = data.output_metadata.get(data.mime_type, {}).get("alt")
        for image in (image for node in made for image in node.findall(nodes.image)):
            if alt:
                image["alt"] = alt
        return made

    return render_image


def setup(app) -> dict:
    NbElementRenderer.render_image = described(NbElementRenderer.render_image)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
