"""Check a profile of parameters against what the notebooks declare, before anything runs.

A notebook declares its parameters in the cell tagged ``parameters``, one assignment a line,
``T = 10**5  # type: int  SGD steps``. A profile ``params/<name>.yaml`` has a key per notebook,
and under it new values for some of its parameters.
"""

import ast
import json
import math
import re
import sys
from pathlib import Path

import jupytext
import yaml

from whole import write_whole

SCALARS = {"int": int, "float": float, "str": str, "bool": bool}
TYPE_COMMENT = re.compile(r"#\s*type:\s*(\w+)(?:\[\s*(\w+)[^\]]*\])?")


class ProfileError(ValueError):
    """A profile that cannot be run, and why."""


def declared(notebook: Path) -> dict[str, tuple[str, str | None]]:
    """Parameters of a notebook: name -> (type, element type or None).

    Raises
    ------
    ProfileError
        If an assignment in the parameters cell lacks a type comment that can be checked.
    """
    cells = jupytext.read(notebook).cells
    sources = [c.source for c in cells if "parameters" in c.metadata.get("tags", [])]
    if len(sources) > 1:
        raise ProfileError(f"{notebook.stem}: {len(sources)} cells are tagged parameters, not one")
    types = {}
    for source in sources:
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
                raise ProfileError(f"{notebook.stem}: line {node.lineno} of the parameters cell "
                                   "is not an assignment to a name")
            name = node.targets[0].id
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            match = TYPE_COMMENT.search(text)
            if match is None or not {*match.groups()} <= {*SCALARS, "list", "tuple", None}:
                raise ProfileError(f"{notebook.stem}: parameter {name} needs a comment such as "
                                   "# type: int, float, str, bool or list[float]")
            types[name] = match.groups()
    return types


def fits(value, kind: str, element: str | None) -> bool:
    """Whether a YAML value may stand for a parameter declared as ``kind[element]``."""
    if kind in ("list", "tuple"):
        return isinstance(value, list) and (
            element is None or all(fits(v, element, None) for v in value)
        )
    if kind == "float":
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is SCALARS[kind]


def profiles(root: Path) -> list[str]:
    """Names that PROFILE may take."""
    return ["default", *sorted(p.stem for p in (root / "params").glob("*.yaml"))]


def checked(profile: str, root: Path) -> dict[str, dict]:
    """New values per notebook, ``{}`` where the notebook's own are kept.

    Raises
    ------
    ProfileError
        If the profile, a notebook or a parameter in it is unknown, or a value has another type.
    """
    notebooks = {p.stem: p for p in sorted((root / "notebooks").glob("[0-9][0-9]_*.py"))}
    if profile not in profiles(root):
        raise ProfileError(f"PROFILE={profile!r}: allowed are {', '.join(profiles(root))}")
    values = {}
    if profile != "default":
        file = f"params/{profile}.yaml"
        try:
            values = yaml.safe_load((root / file).read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise ProfileError(f"{file} is not YAML: {error}") from error
        if not isinstance(values, dict):
            raise ProfileError(f"{file}: one key per notebook is needed")
        for stem in values:
            if stem not in notebooks:
                raise ProfileError(f"{file}: no notebook {stem!r}; allowed are "
                                   f"{', '.join(notebooks)}")
            _check_notebook(f"{file}, {stem}", values[stem], declared(notebooks[stem]))
    return {stem: values.get(stem) or {} for stem in notebooks}


def _check_notebook(where: str, values, types: dict) -> None:
    if values is None:
        return
    if not isinstance(values, dict):
        raise ProfileError(f"{where}: a mapping from parameter to value is needed")
    for name, value in values.items():
        if name not in types:
            raise ProfileError(f"{where}: unknown parameter {name!r}; allowed are "
                               f"{', '.join(types) or 'none'}")
        kind, element = types[name]
        if not fits(value, kind, element):
            wanted = f"{kind}[{element}]" if element else kind
            hint = " (YAML reads 10**5 and 1e-3 as text: write 100000 and 1.0e-3)"
            raise ProfileError(f"{where}: {name}={value!r} is not a finite {wanted}"
                               + hint * isinstance(value, str))


if __name__ == "__main__":
    profile, build = sys.argv[1], Path(sys.argv[2])
    try:
        values = checked(profile, Path.cwd())
    except ProfileError as error:
        sys.exit(f"error: {error}")
    build.mkdir(parents=True, exist_ok=True)
    for stem, overrides in values.items():
        file, text = build / f"{stem}.params.json", json.dumps(overrides, sort_keys=True)
        # an unchanged file keeps its time, so that make leaves its notebook alone
        if not file.exists() or file.read_text() != text:
            write_whole(file, text)
