"""Put together what the notebooks wrote apart: claims.csv and fingerprints.json."""

import argparse
import json
from pathlib import Path

from ntksgd.report import claims


def fingerprints(build: Path) -> str:
    """Fingerprint of each executed notebook, as JSON."""
    files = sorted(build.glob("[0-9][0-9]_*.fingerprint.json"))
    entries = {p.name.split(".")[0]: json.loads(p.read_text()) for p in files}
    return json.dumps(entries, indent=1) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["claims", "fingerprints"])
    parser.add_argument("build", type=Path)
    parser.add_argument("figures", type=Path)
    arguments = parser.parse_args()
    arguments.figures.mkdir(parents=True, exist_ok=True)
    if arguments.what == "claims":
        claims.merge(arguments.figures)
    else:
        text = fingerprints(arguments.build)
        (arguments.figures / "fingerprints.json").write_text(text)
