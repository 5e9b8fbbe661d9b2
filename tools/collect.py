"""Put together what the notebooks wrote apart: claims.csv and fingerprints.json."""

import argparse
import json
import sys
from pathlib import Path

from ntksgd.report import claims
from provenance import RECORDS
from whole import write_whole


def fingerprints(build: Path, notebooks: Path) -> str:
    """Record of each executed notebook that there is, as JSON."""
    names = sorted(p.stem for p in notebooks.glob("[0-9][0-9]_*.py"))
    entries = {name: json.loads((build / f"{name}.fingerprint.json").read_text(encoding="utf-8"))
               for name in names}
    return json.dumps(entries, indent=1) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["claims", "fingerprints"])
    parser.add_argument("build", type=Path)
    parser.add_argument("figures", type=Path)
    arguments = parser.parse_args()
    try:
        arguments.figures.mkdir(parents=True, exist_ok=True)
        if arguments.what == "claims":
            claims.merge(arguments.figures)
        else:
            text = fingerprints(arguments.build, Path("notebooks"))
            write_whole(arguments.figures / RECORDS, text)
    except OSError as error:
        sys.exit(f"error: {error}")
