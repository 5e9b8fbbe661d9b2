"""What a profile costs, in core-hours, from what its notebooks took when they last ran.

Each run leaves ``build/<profile>/NN.seconds.json``; ``--keep`` puts these into
``params/seconds.json``, which is committed. Nothing is extrapolated: a notebook never run with a
profile's sizes has no estimate. Standard library only.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from provenance import digest, library_digest
from whole import write_whole

TABLE = Path("params/seconds.json")
ERROR = ("CPU seconds, measured once: another CPU, or one that other programs share, "
         "may take half or twice as much.")


def known(root: Path) -> list[dict]:
    """All measurements; those made in this folder come last."""
    found = [r for rows in _json(root / TABLE, {}).values() for r in rows]
    paths = sorted((root / "build").glob("*/*.seconds.json"))
    return found + [r for r in (_json(path, None) for path in paths) if r]


def _json(path, default):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default


def estimate(stem: str, parameters: dict, root: Path) -> dict | None:
    """The last measurement of a notebook with these parameters; whole ones before those of runs
    that took results from the cache."""
    fitting = [r for r in known(root)
               if r["notebook"] == stem and r["parameters"] == parameters]
    return next(iter([r for r in reversed(fitting) if not r["kept"]] + fitting[::-1]), None)


def remark(row: dict, source: Path, root: Path) -> str:
    """Why a measurement may be off, or nothing."""
    said = [f"at least: {row['kept']} results were kept"] if row["kept"] else []
    if row["source"] != digest(source.read_bytes()):
        said.append("the notebook has changed since")
    elif row["library"] != library_digest(source.read_text(encoding="utf-8"), root):
        said.append("the library has changed since")
    return "; ".join(said)


def lines(profile: str, parameters: dict[str, dict], root: Path, brief: bool) -> list[str]:
    """The report, in one line if `brief`."""
    text, total, sweeps, missing, machines = [], 0.0, 0.0, [], set()
    for stem, values in parameters.items():
        row = estimate(stem, values, root)
        if row is None:
            missing.append(stem)
            text.append(f"  {stem:28}       -           not measured with these sizes")
            continue
        total, sweeps = total + row["cpu"], sweeps + row["sweeps"]
        machines.add(row["machine"])
        text.append(f"  {stem:28}{row['cpu']:8.0f} {row['sweeps']:8.0f}   "
                    + remark(row, root / f"notebooks/{stem}.py", root))
    least = "at least " * bool(missing)
    sum_ = (f"{profile}: {least}{total / 3600:.2f} core-hours, of these "
            f"{sweeps / 3600:.2f} in sweeps, which a cluster takes over")
    if len(missing) == len(parameters):
        return [f"{profile}: no notebook was ever measured with these sizes, so no estimate"]
    if missing:
        sum_ += f" ({len(missing)} of {len(parameters)} notebooks not measured)"
    if brief:
        return [sum_ + f"; make estimate PROFILE={profile} says more"]
    cores = [1, 2, 8, 64]
    times = ", ".join(f"{n}: {(total - sweeps + sweeps / n) / 60:.1f} min" for n in cores)
    return [f"  {'notebook':28}core-sec   sweeps", *text, sum_,
            f"minutes at best, on so many cores, notebooks one after the other: {times}",
            ERROR + f" Measured on: {', '.join(sorted(machines)) or '-'}."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    root, profile = Path.cwd(), os.environ.get("PROFILE") or "default"
    build = root / "build" / profile
    parameters = {p.name.removesuffix(".params.json"): _json(p, {})
                  for p in sorted(build.glob("*.params.json"))}
    if arguments.keep:
        rows = [r for r in (_json(p, None) for p in sorted(build.glob("*.seconds.json"))) if r]
        table = _json(root / TABLE, {})
        old = {r["notebook"]: r for r in table.get(profile, [])}
        old |= {r["notebook"]: r for r in rows if not r["kept"]}
        table[profile] = [old[name] for name in sorted(old)]
        write_whole(root / TABLE, json.dumps(table, indent=1) + "\n")
    try:
        print("\n".join(lines(profile, parameters, root, arguments.brief)), flush=True)
    except (OSError, SyntaxError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
