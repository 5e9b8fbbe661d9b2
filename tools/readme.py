"""The answer in README.md, between two comments, from figures/claims.csv: written, or compared.

``readme.py`` writes it; ``readme.py --check`` exits with 1 if it differs.
"""

import argparse
import re
import sys
from pathlib import Path

from ntksgd.report import abstract, claims
from ntksgd.report.answer import markdown
from ntksgd.report.answer_beyond import answers
from whole import write_whole

BEGIN, END = "<!-- from figures/claims.csv: begin -->", "<!-- end -->"
BLOCK = re.compile(re.escape(BEGIN) + "(.*?)" + re.escape(END), re.DOTALL)


def blocks(table) -> list[str]:
    """What stands between the comments: the answer in short and in sentences, then the table."""
    return [abstract.markdown(table), markdown(answers(table)[0], "notebooks/")]


def renewed(text: str, parts: list[str]) -> str:
    """`text` with `parts` in its blocks; ValueError if it has some, and not as many."""
    if BEGIN not in text:
        return text
    if len(BLOCK.findall(text)) != len(parts):
        raise ValueError(f"README.md: {len(parts)} blocks from {BEGIN!r} to {END!r} are needed")
    each = iter(parts)
    return BLOCK.sub(lambda _: f"{BEGIN}\n{next(each)}\n{END}", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    root = Path(__file__).resolve().parents[1]
    path = root / "README.md"
    old = path.read_text(encoding="utf-8")
    new = renewed(old, blocks(claims.read(root / "figures" / "claims.csv")))
    if new != old and not check:
        write_whole(path, new)
        print("README.md has the numbers of figures/claims.csv")
    return int(check and new != old)


if __name__ == "__main__":
    sys.exit(main())
