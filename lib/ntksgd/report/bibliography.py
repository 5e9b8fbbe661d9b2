"""The works cited: BibTeX entries, and their list for a reader."""

import re
from pathlib import Path
from unicodedata import normalize

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*(?:\{(.*?)\}|\"(.*?)\"|(\d+))\s*,?\s*$",
                    re.MULTILINE | re.DOTALL)
# TeX's accents as combining marks
_ACCENTS = dict(zip("\"'`~^cv", "\u0308\u0301\u0300\u0303\u0302\u0327\u030c", strict=True))
_ACCENTED = re.compile(r"""\\(["'`~^]|[cv](?=[{ ]))[{ ]?\\?([A-Za-z])\}?""")


def entries(path: Path) -> dict[str, dict[str, str]]:
    """Fields of each entry of a BibTeX file by key; braces and accents are plain text.

    ValueError if a key comes twice, or author, title or year are missing.
    """
    found = {}
    for kind, key, body in _ENTRY.findall(path.read_text(encoding="utf-8")):
        fields = {name.lower(): _plain(a or b or c) for name, a, b, c in _FIELD.findall(body)}
        if key in found:
            raise ValueError(f"{path.name}: {key} stands twice")
        for name in ("author", "title", "year"):
            if not fields.get(name):
                raise ValueError(f"{path.name}: {key} has no {name}")
        found[key] = fields | {"type": kind.lower()}
    return found


def listed(found: dict[str, dict[str, str]]) -> str:
    """Markdown list of entries in alphabetical order, each with its key as anchor."""
    text = []
    for key, one in sorted(found.items()):
        place = one.get("journal") or one.get("booktitle") or one.get("publisher", "")
        arxiv = f"arXiv {one['eprint']}" if one.get("eprint") else ""
        where = ", ".join(filter(None, [place, one.get("volume"), one["year"], arxiv]))
        text.append(f'- <a id="{key}"></a>{_authors(one["author"])}. *{one["title"]}*. {where}.')
    return "\n".join(text)


def _authors(text):
    """``Family, Given and ...`` as ``Given Family, ...``."""
    names = [" ".join(reversed(name.split(", ", 1))) for name in re.split(r"\s+and\s+", text)]
    return ", ".join("et al." if name == "others" else name for name in names)


def _plain(text):
    text = _ACCENTED.sub(lambda m: normalize("NFC", m[2] + _ACCENTS[m[1]]), text)
    text = text.replace(r"\ss", "ß").replace("--", "–")
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", text)).strip()
