"""Write the make fragment that says which library modules a notebook depends on.

Standard library only: it runs before the environment exists. Imports are read from the syntax
tree, wherever they stand; a module brings along the `__init__` of every package above it.
"""

import ast
import sys
from pathlib import Path

from obstacles import LAST_LINE
from whole import write_whole

PACKAGE = "ntksgd"


def imported_names(source: str, package: str = "") -> set[str]:
    """Dotted names that `source` may import; `package` anchors its relative imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*anchor, node.module or ""]).strip(".") if node.level else node.module
            # the imported name may be a module or something inside one: try both
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] == PACKAGE}


def module_file(name: str, lib: Path) -> Path | None:
    """Source of the module `name`, or None if no module has that name."""
    path = lib.joinpath(*name.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def library_files(source: str, lib: Path) -> set[Path]:
    """Every library file that runs when `source` is executed."""
    found: set[Path] = set()
    pending = imported_names(source)
    seen = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        parent = name.rpartition(".")[0]
        if parent:
            pending.add(parent)
        path = module_file(name, lib)
        if path is not None and path not in found:
            found.add(path)
            package = name if path.name == "__init__.py" else parent
            pending |= imported_names(path.read_text(encoding="utf-8"), package)
    return found


def fragment(notebook: Path, lib: Path) -> str:
    """Make rules for one notebook; ``$(BUILD)`` is expanded by the Makefile."""
    stem = notebook.stem
    files = sorted(p.as_posix() for p in library_files(notebook.read_text(encoding="utf-8"), lib))
    rule = f"$(BUILD)/{stem}.ipynb build/deps/{stem}.d: " + " \\\n  ".join(files)
    # an empty rule for each file: one that was deleted makes the fragment anew, not an error
    return rule + "\n" + "".join(f"{path}:\n" for path in files) + LAST_LINE + "\n"


if __name__ == "__main__":
    notebook, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        text = fragment(notebook, Path("lib"))
    except SyntaxError as error:
        sys.exit(f"error: {notebook}, or a module it imports, is not Python: {error}")
    write_whole(target, text)
