"""What a browser without a network finds wrong on a page of the book, in words."""

import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

# run in the page
SETTLED = """async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  for (const image of document.images) image.loading = 'eager';
  await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
}"""
FOUND = """() => ({
  maths: document.querySelectorAll('mjx-container').length,
  sources: document.querySelectorAll('span.math, div.math').length,
  errors: [...document.querySelectorAll('mjx-merror')].map(e => e.textContent),
  images: [...document.images].map(image => ({
    source: image.getAttribute('src'), alt: image.getAttribute('alt'),
    width: image.complete ? image.naturalWidth : 0,
    output: !!image.closest('.cell_output')})),
  text: (document.querySelector('article') ?? document.body).innerText.length,
})"""
WIDE = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const room = window.innerWidth + 1, scrolls = element => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') return true;
    return false;
  };
  if (document.scrollingElement.scrollWidth <= room) return [];
  return [`a page ${document.scrollingElement.scrollWidth} wide on a screen of ${room - 1}`,
          ...[...document.querySelectorAll('main *')]
             .filter(e => e.getBoundingClientRect().right > room && !scrolls(e))
             .slice(0, 3).map(e => e.outerHTML.slice(0, 120))];
}"""


class Tab:
    """A tab of a browser without a network; `problems` of the pages opened in it are noted."""

    def __init__(self, browser):
        self.context = browser.new_context(offline=True, viewport=DESK)
        self.page, self.problems = self.context.new_page(), []
        for event, say in (
                ("console", lambda m: f"console: {m.text}" if m.type == "error" else ""),
                ("pageerror", lambda error: f"error in a script: {error}"),
                # what a page still asks for when it is left is not missing
                ("requestfailed", lambda r: "" if r.failure == "net::ERR_ABORTED"
                    else f"not loaded: {r.url[:200]}"),
                ("request", lambda r: "" if urlsplit(r.url).scheme in ("file", "data", "blob")
                    else f"from outside: {r.url[:200]}")):
            self.page.on(event, lambda found, say=say: self.problems.append(say(found)))

    def noted(self) -> list[str]:
        """The problems since the last call."""
        found, self.problems = [problem for problem in self.problems if problem], []
        return found


def faults(tab: Tab, file: Path, outputs: list[str | None] | None = None) -> list[str]:
    """What is wrong with a page, opened at the width of a desk, then of a phone.

    `outputs` are the descriptions stored in a notebook with each picture of its outputs.
    """
    tab.page.set_viewport_size(DESK)
    tab.page.goto(file.as_uri(), wait_until="load")
    tab.page.evaluate(SETTLED)
    found = tab.page.evaluate(FOUND)
    tab.page.set_viewport_size(PHONE)
    wide = tab.page.evaluate(WIDE)
    return tab.noted() + wide + _content(found, outputs)


def _content(found: dict, outputs: list[str | None] | None) -> list[str]:
    problems = [f"formula in error: {text}" for text in found["errors"]]
    if found["maths"] < found["sources"]:
        problems.append(f"{found['maths']} formulas are set, of {found['sources']}")
    for image in found["images"]:
        if not image["width"]:
            problems.append(f"picture not shown: {image['source']}")
        if not image["output"] and not (image["alt"] or "").strip():
            problems.append(f"picture without a description: {image['source']}")
    if outputs is not None:
        shown = [image["alt"] for image in found["images"] if image["output"]]
        if len(shown) != len(outputs):
            problems.append(f"{len(shown)} pictures among the outputs, {len(outputs)} stored")
        problems += [f"picture described as {alt!r}, stored is {stored!r}"
                     for alt, stored in zip(shown, outputs) if stored and alt != stored]
        if not found["maths"]:
            problems.append("no formulas")
    if not found["text"]:
        problems.append("nothing to read")
    return problems


class Page(HTMLParser):
    """Links and anchors of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.links, self.anchors = [], {""}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag in ("a", "link", "script", "img", "source", "iframe"):
            self.links += [found[name] for name in ("href", "src") if found.get(name)]


def broken_links(book: Path) -> Iterator[str]:
    """Links within the book that lead nowhere, and what pages load from outside."""
    pages = {p: Page(p.read_text(encoding="utf-8")) for p in sorted(book.rglob("*.html"))
             if "_static" not in p.parts}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue  # a reader may follow it; what a page loads, the browser's test sees
            target = path if not parts.path else Path(
                os.path.normpath(path.parent / unquote(parts.path)))
            if not target.is_file():
                yield f"{path.relative_to(book)}: {link}: no such file"
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{path.relative_to(book)}: {link}: no such place"
