"""Pages of the library's reference, read from its source: nothing of it is imported or run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from docstrings import restructured

PACKAGES = ("models", "kernels", "problems", "risk", "sgd", "stats", "compare", "width", "report")


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node


def decorators(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    return {ast.unparse(d).split("(")[0].rpartition(".")[2] for d in node.decorator_list}


def arguments(node: ast.FunctionDef, method: bool) -> str:
    """As written, without self or cls, and what is returned."""
    found = node.args
    if method and "staticmethod" not in decorators(node):
        first = (found.posonlyargs or found.args)
        del first[:1]
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(found)}){returned}"


def fields(node: ast.ClassDef) -> str:
    """Arguments of a class: of its ``__init__``, or the annotated names in it."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return arguments(part, method=True).removesuffix(" -> None")
    if "dataclass" not in decorators(node) and "NamedTuple" not in map(ast.unparse, node.bases):
        return ""
    parts = [f"{ast.unparse(p.target)}: {ast.unparse(p.annotation)}"
             + (f" = {ast.unparse(p.value)}" if p.value and not isinstance(p.value, ast.Call)
                else "") for p in node.body if isinstance(p, ast.AnnAssign)]
    return f"({', '.join(parts)})"


def described(node, inside: bool = False) -> list[str]:
    """A function or class, with the methods of the class, as directives."""
    if isinstance(node, ast.ClassDef):
        kind, signature = "class", fields(node)
    elif decorators(node) & {"property", "cached_property"}:
        kind, signature = "property", ""
    else:
        kind = "method" if inside else "function"
        signature = arguments(node, inside)
    lines = [f".. py:{kind}:: {node.name}{signature}", ""]
    body = restructured(ast.get_docstring(node))
    if kind == "class":
        for part in public(node.body):
            if ast.get_docstring(part):
                body += ["", *described(part, inside=True)]
    return lines + [f"   {line}".rstrip() for line in body] + [""]


class Qualified(ast.NodeTransformer):
    """Annotations with the full names of what a module imports from the library."""

    def __init__(self, tree: ast.Module):
        self.names = {alias.asname or alias.name: f"{node.module}.{alias.name}"
                      for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                      for alias in node.names if (node.module or "").startswith("ntksgd")}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        if node.annotation:
            node.annotation = self.visit(node.annotation)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = self.visit(node.annotation)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        for part in ast.walk(node.args):
            if isinstance(part, ast.arg):
                self.visit_arg(part)
        if node.returns:
            node.returns = self.visit(node.returns)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.body = [self.visit(part) if isinstance(part, (ast.FunctionDef, ast.AnnAssign))
                     else part for part in node.body]
        return node


def section(path: Path, name: str, level: str) -> str:
    """A module: its docstring and its public names."""
    heading, tree = name.removeprefix("ntksgd."), ast.parse(path.read_text(encoding="utf-8"))
    lines = [heading, level * len(heading), "", f".. py:module:: {name}", "",
             *restructured(ast.get_docstring(tree)), ""]
    qualified = Qualified(tree)
    for node in public(tree.body):
        lines += described(qualified.visit(node))
    return "\n".join(lines) + "\n"


def modules(folder: Path, package: str) -> list[tuple[Path, str]]:
    """File and full name of each module in a package and in the packages of it, but not its own."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = [package, *path.relative_to(folder).with_suffix("").parts]
        name = ".".join(parts).removesuffix(".__init__")
        if name != package and not parts[-1].startswith("_" if parts[-1] != "__init__" else "."):
            found.append((path, name))
    return found


def short_names(library: Path) -> str:
    """A table of the names that `import ntksgd` gives."""
    tree = ast.parse((library / "__init__.py").read_text(encoding="utf-8"))
    (table,) = (ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
                and ast.unparse(node.targets[0]) == "PUBLIC")
    rows = [f"   * - ``ntksgd.{short}``\n     - `~ntksgd.{module}.{short}`"
            for short, module in table.items()]
    return "\n".join([".. list-table:: Names of ``import ntksgd``, and where they are defined", "",
                      *rows, "", ""])


def write(library: Path, target: Path) -> list[str]:
    """Write one page a package, and one for the names and modules outside of packages.

    Returns the pages' names.
    """
    target.mkdir()
    for package in PACKAGES:
        name, folder = f"ntksgd.{package}", library / package
        parts = [section(path, module, "-") for path, module in modules(folder, name)]
        page = section(folder / "__init__.py", name, "=") + "".join(parts)
        (target / f"{package}.rst").write_text(page, encoding="utf-8")
    beside = [section(path, f"ntksgd.{path.stem}", "-") for path in sorted(library.glob("*.py"))
              if path.stem != "__init__"]
    top = section(library / "__init__.py", "ntksgd", "=") + short_names(library)
    (target / "index.rst").write_text(top + "".join(beside), encoding="utf-8")
    return ["index", *PACKAGES]
