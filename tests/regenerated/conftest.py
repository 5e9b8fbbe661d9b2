import json
from pathlib import Path


def pytest_terminal_summary(terminalreporter):
    """Say how long everything took; the summary that counts stays the last line."""
    stages = json.loads(Path("build/stages.json").read_text())
    total = sum(stage["seconds"] for stage in stages.values())
    parts = ", ".join(f"{name} {stage['seconds']:.0f} s" for name, stage in stages.items())
    terminalreporter.write_line(f"time: {total:.0f} s ({parts})")
