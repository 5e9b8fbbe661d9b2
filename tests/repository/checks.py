"""Checks of a repository's files; each takes its root and returns what is wrong, in words."""

import ast
import re
import subprocess
from pathlib import Path

import jupytext
import nbformat

import verify
from dependencies import imported_names, module_file
from notebook_files import stripped, updated

MAX_LINES = 165
MAX_CELL_LINES, MAX_WIDTH = 20, 100
# a package may import, directly or through others, none that stands to the right of it; modules
# outside of a package (check, seeds, files, ...) serve all and import no package
DATA_FLOW = [{"models"}, {"kernels"}, {"problems"}, {"risk", "sgd"}, {"stats"}, {"compare"},
             {"width"}, {"report"}]
REPORT, PLOTTING = "ntksgd.report", "ntksgd.report.figures"
# written so that they do not match themselves
FORBIDDEN = {
    "address": re.compile(r"(?i)\b(https?|ftp|ssh|git|file)[:]//|\bwww[.]\w"),
    "mail address": re.compile(r"\b[\w.+-]+[@][\w-]+\.[a-z]{2,}\b"),
    "host": re.compile(r"(?i)\b(py" r"pi|python" r"hosted|ana" r"conda|git" r"hub)[.](org|com)\b"),
    # but for that by which every machine calls itself
    "IP address": re.compile(r"(?<![\d.=])(?!127[.]0[.]0[.]1(?![\d.]))"
                             r"(?:\d{1,3}[.]){3}\d{1,3}(?![\d.])"),
    "machine path": re.compile(r"(?<![\w.$)}~-])/(root|home|Users|tmp|work|opt|mnt|usr|var)[/]\w"),
}
SHEBANG = re.compile(r"^#!/us" r"r/bin/env \w+$", re.MULTILINE)


def sources(root: Path) -> list[Path]:
    """Notebook sources, in reading order."""
    return sorted((root / "notebooks").glob("[0-9][0-9]_*.py"))


def tracked(root: Path) -> list[Path]:
    """Files under version control that are still there."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    return [root / name for name in listing.split("\0") if name and (root / name).is_file()]


def drift(root: Path) -> list[str]:
    """Pairs whose .ipynb is not what its .py, with the stored outputs, makes."""
    problems = []
    for source in sources(root):
        paired = source.with_suffix(".ipynb")
        if not paired.exists():
            problems.append(f"{paired.name}: missing (make notebooks)")
        elif paired.read_text() != nbformat.writes(stripped(updated(source))) + "\n":
            problems.append(f"{paired.name}: differs from {source.name} (make notebooks)")
    return problems


def execution(root: Path) -> list[str]:
    """Cells not run, run out of order, or that wrote to stderr or raised."""
    problems = []
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        counts = [c.execution_count for c in cells]
        if not cells or counts != list(range(1, len(cells) + 1)):
            problems.append(f"{path.name}: execution counts are {counts}")
        for number, cell in enumerate(cells, 1):
            for output in cell.outputs:
                if output.output_type == "error" or output.get("name") == "stderr":
                    problems.append(f"{path.name}, cell {number}: stderr or an error in its output")
    return problems


def cells(root: Path) -> list[str]:
    """Code cells too long or too wide to be read beside the mathematics."""
    problems = []
    for source in sources(root):
        code = [c.source for c in jupytext.read(source).cells if c.cell_type == "code"]
        for number, lines in enumerate((text.splitlines() for text in code), 1):
            width = max(map(len, lines), default=0)
            if len(lines) > MAX_CELL_LINES or width > MAX_WIDTH:
                problems.append(f"{source.name}, code cell {number}: {len(lines)} lines, {width} "
                                f"wide; allowed are {MAX_CELL_LINES} and {MAX_WIDTH}")
    return problems


def listing(root: Path) -> list[str]:
    """Files in notebooks/ outside the scheme, and notebooks that README or guide leave out."""
    problems = []
    pages = [root / "README.md", *sources(root)[:1]]
    for path in sorted((root / "notebooks").iterdir()):
        if path.name.startswith((".", "__")) or path.name == "references.bib":
            continue
        if not re.fullmatch(r"\d\d_[a-z0-9_]+\.(py|ipynb)", path.name):
            problems.append(f"{path.name}: not NN_name.py or .ipynb, no check covers it")
        elif not path.with_suffix(".py").exists():
            problems.append(f"{path.name}: has no .py")
        elif path.suffix == ".py":
            problems += [f"{path.stem}: not mentioned in {page.name}" for page in pages
                         if path.stem not in page.read_text() and page != path]
    return problems


def figures(root: Path) -> list[str]:
    """Committed figures without notebook, png, pdf or csv, and claims that are not its rows."""
    problems = []
    names = {p.name for p in (root / "figures").iterdir() if p.is_file()}
    stems = {name.rsplit(".", 1)[0] for name in names}
    for stem in sorted(stems - {"claims", "fingerprints"}):
        notebook = stem.split("-")[0]
        if not (root / "notebooks" / f"{notebook}.py").exists():
            problems.append(f"{stem}: no notebook {notebook} makes it")
        elif not stem.endswith("-claims"):
            problems += [f"{stem}: no {suffix}" for suffix in ("png", "pdf", "csv")
                         if f"{stem}.{suffix}" not in names]
    rows = [line for name in sorted(names) if name.endswith("-claims.csv")
            for line in (root / "figures" / name).read_text().splitlines()[1:]]
    if (root / "figures" / "claims.csv").read_text().splitlines()[1:] != rows:
        problems.append("claims.csv: not the rows of the notebooks' claims (make figures)")
    return problems


def addresses(root: Path, files: list[Path] | None = None) -> list[str]:
    """Addresses, hosts and machine paths in tracked text files and notebooks."""
    problems = []
    for path in tracked(root) if files is None else files:
        if path.suffix in (".png", ".pdf"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":  # base64 may spell anything
            text = re.sub(r'"image/png": "[^"]*"', "", text)
        text = SHEBANG.sub("", text)
        for what, pattern in FORBIDDEN.items():
            match = pattern.search(text)
            if match:
                line = text[: match.start()].count("\n") + 1
                problems.append(f"{path.relative_to(root)}:{line}: {what} {match.group()!r}")
    return problems


def lengths(root: Path) -> list[str]:
    """Library modules too long to be read in one sitting."""
    counts = {p: len(p.read_text().splitlines()) for p in (root / "lib").rglob("*.py")}
    return [f"{p.relative_to(root)}: {n} lines, more than {MAX_LINES}"
            for p, n in sorted(counts.items()) if n > MAX_LINES]


def imports(root: Path) -> list[str]:
    """Imports against the data flow, in a circle, hidden, or of tables and plots out of place."""
    lib, graph, problems = root / "lib", {}, _hidden(root)
    for path in sorted((lib / "ntksgd").rglob("*.py")):
        name = _module(path, lib)
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        source = path.read_text()
        found = {module_file(n, lib) for n in imported_names(source, package)} - {None}
        graph[name] = {_module(p, lib) for p in found} - {name, "ntksgd"}
        if not name.startswith(PLOTTING):
            problems += [f"{name}: imports {top}, plots belong in {PLOTTING}"
                         for top in sorted(_top_level(source) & {"matplotlib", "seaborn"})]
        if not name.startswith(REPORT) and "pandas" in _top_level(source):
            problems.append(f"{name}: imports pandas, tables belong in {REPORT}")
    for name in graph:
        reached = _reached(name, graph)
        if name in reached:
            problems.append(f"{name}: imports itself, in a circle")
        problems += [f"{name}: imports {other}, against the data flow"
                     for other in sorted(reached) if _rank(other) > _rank(name)]
        if not name.startswith(PLOTTING):
            problems += [f"{name}: imports {other}, only notebooks do"
                         for other in sorted(graph[name]) if other.startswith(PLOTTING)]
    return problems


def _hidden(root: Path) -> list[str]:
    """Uses of ``ntksgd.name``: it stands for a module that no import names, which make would miss.

    Notebooks and library import from modules; the short names are for readers of the package.
    """
    problems, lib = [], root / "lib"
    for path in [*sources(root), *sorted((lib / "ntksgd").rglob("*.py"))]:
        text = path.read_text()
        package = ".".join(path.parent.relative_to(lib).parts) if lib in path.parents else ""
        used = {name for name in imported_names(text, package) if name.count(".") == 1}
        nodes = list(ast.walk(ast.parse(text)))
        used |= {f"ntksgd.{node.attr}" for node in nodes if isinstance(node, ast.Attribute)
                 and isinstance(node.value, ast.Name) and node.value.id == "ntksgd"}
        used |= {"import ntksgd" for node in nodes if isinstance(node, ast.Import)
                 for alias in node.names if alias.name == "ntksgd"}
        problems += [f"{path.relative_to(root)}: {name}, import from the module that defines it"
                     for name in sorted(used) if module_file(name, lib) is None]
    return problems


def _module(path: Path, lib: Path) -> str:
    return ".".join(path.relative_to(lib).with_suffix("").parts).removesuffix(".__init__")


def _top_level(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level}
    return {name.split(".")[0] for name in names}


def _reached(name: str, graph: dict[str, set[str]]) -> set[str]:
    reached, pending = set(), list(graph[name])
    while pending:
        other = pending.pop()
        if other not in reached:
            reached.add(other)
            pending += graph[other]
    return reached


def _rank(name: str) -> int:
    """Place in the data flow; -1 for helpers, which stand beside it."""
    part = name.split(".")[1] if "." in name else ""
    return next((i for i, stage in enumerate(DATA_FLOW) if part in stage), -1)


def provenance(root: Path) -> list[str]:
    """Figures, notebooks, lock and library that were not made together."""
    return verify.problems(root)


ALL = (drift, execution, cells, listing, figures, addresses, lengths, imports, provenance)
