"""Whether figures, notebooks, parameters, lock and library belong together; nothing is computed.

Each notebook's record in fingerprints.json names what its run was made of and what it made.
Standard library only, but for profiles, which are YAML.
"""

import json
import os
import sys
from pathlib import Path

from provenance import RECORDS, digest, digests, origin, records

WHAT = {"source": "notebooks/{}.py has changed", "library": "the library has changed",
        "lock": "requirements.lock has changed", "parameters": "the profile's values have changed"}
SINCE = "since its figures were made"
# of a full study the csv are committed, not the pictures of them
UNCOMMITTED = (".png: missing", ".pdf: missing")


def wanted_parameters(profile: str, root: Path) -> dict[str, dict]:
    """The profile's values now, by notebook."""
    if profile == "default":
        return {}
    import yaml

    path = root / "params" / f"{profile}.yaml"
    if not path.exists():
        raise ValueError(f"PROFILE={profile!r}: there is no {path.relative_to(root)}")
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def problems(root: Path, profile: str = "default") -> list[str]:
    """What does not belong together, in words; empty when all does."""
    figures = root / "figures" / ("" if profile == "default" else profile)
    recorded, wanted = records(figures), wanted_parameters(profile, root)
    sources = {p.stem: p for p in sorted((root / "notebooks").glob("[0-9][0-9]_*.py"))}
    found = [f"{name}: recorded, but there is no such notebook" for name in recorded
             if name not in sources]
    owned, unknown = {"claims.csv", RECORDS}, set()
    for name, source in sources.items():
        record = recorded.get(name)
        if record is None or "files" not in record:
            found.append(f"{name}: nothing recorded (make figures)")
            unknown.add(name)
            continue
        owned |= record["files"].keys()
        found += _sources(root, source, record, wanted.get(name) or {})
        found += [problem for problem in _files(figures, name, record)
                  if profile == "default" or not problem.endswith(UNCOMMITTED)]
        if profile == "default":
            found += _stored(source.with_suffix(".ipynb"), record)
    there = {p.name for p in figures.iterdir() if p.is_file() and not p.name.startswith(".")}
    found += [f"{name}: no notebook's run made it" for name in sorted(there - owned)
              if name.split("-")[0] not in unknown]
    return found + _claims(figures, recorded)


def _sources(root: Path, source: Path, record: dict, parameters: dict) -> list[str]:
    now = origin(source, root, parameters)
    # as JSON has them: a run read them from there
    now["parameters"] = json.loads(json.dumps(parameters))
    return [f"{source.stem}: {WHAT[part].format(source.stem)} {SINCE}"
            for part in WHAT if record.get(part) != now[part]]


def _files(figures: Path, name: str, record: dict) -> list[str]:
    there = digests(figures / file for file in record["files"] if (figures / file).is_file())
    return [f"{file}: missing" if file not in there else f"{file}: not what {name}'s run wrote"
            for file, recorded in record["files"].items() if there.get(file) != recorded]


def _stored(notebook: Path, record: dict) -> list[str]:
    if not notebook.exists():
        return [f"{notebook.name}: missing (make notebooks)"]
    if digest(notebook.read_bytes()) != record.get("notebook"):
        return [f"{notebook.name}: not of the run that made the figures (make notebooks)"]
    return []


def _claims(figures: Path, recorded: dict) -> list[str]:
    """claims.csv must be the rows of the notebooks, and those that the reading guide shows."""
    merged = figures / "claims.csv"
    if not merged.exists():
        return ["claims.csv: missing"]
    parts = sorted(figures.glob("[0-9][0-9]_*-claims.csv"))
    rows = [line for p in parts for line in p.read_text(encoding="utf-8").splitlines()[1:]]
    found = []
    if merged.read_text(encoding="utf-8").splitlines()[1:] != rows:
        found.append("claims.csv: not the rows of the notebooks' claims")
    found += [f"{name}: shows another claims.csv" for name, record in recorded.items()
              if record.get("claims", digest(merged.read_bytes())) != digest(merged.read_bytes())]
    return found


def made_by(file: Path, root: Path) -> str:
    """Which run wrote a file of these bytes, wherever it lies now, and from what.

    Raises
    ------
    ValueError
        If no recorded run did.
    """
    wanted = digest(file.read_bytes())
    for path in sorted(root.glob(f"figures/**/{RECORDS}")):
        for name, record in records(path.parent).items():
            for written, found in record.get("files", {}).items():
                if found == wanted:
                    told = {k: v for k, v in record.items() if k not in ("files", "notebook")}
                    place = path.parent.relative_to(root) / written
                    return f"{place}, by {name}, from\n{json.dumps(told, indent=1)}"
    raise ValueError(f"{file.name}: no recorded run wrote these bytes")


def main() -> int:
    if named := os.environ.get("FILE"):
        try:
            print(made_by(Path(named), Path.cwd()))
        except (ValueError, OSError) as error:
            print(error)
            return 1
        return 0
    profile = os.environ.get("PROFILE") or "default"
    try:
        found = problems(Path.cwd(), profile)
    except (ValueError, OSError) as error:
        found = [str(error)]
    except ModuleNotFoundError as error:
        found = [f"{error}: a profile is YAML, its check needs the environment (make figures)"]
    for problem in found:
        print(problem)
    if not found:
        print("figures, notebooks, parameters, lock and library belong together")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
