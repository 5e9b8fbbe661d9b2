"""pyproject.toml, the locks and environment.yml say the same."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from repository.toy import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.lock": ["paper", "test", "distributed"],
    "requirements-lab.lock": ["paper", "test", "lab", "distributed"],
    "requirements-book.lock": ["paper", "test", "book"],
    "requirements-bench.lock": ["bench"],
}


def declared(extras):
    lines = PROJECT["dependencies"] + [line for extra in extras for line in EXTRAS[extra]]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


def locked(text):
    """Entries of a lock: canonical name -> list of requirements, one per marker."""
    entries = {}
    for block in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text)):
        requirement = Requirement(block.split("--hash")[0].replace("\\", " ").strip())
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), f"{requirement.name}: no hash"
        entries.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return entries


def version(requirement):
    (pin,) = requirement.specifier
    assert pin.operator == "=="
    return pin.version


def missing(wanted, entries, environment):
    """Declared requirements that no entry of the lock fulfils in `environment`."""
    problems = []
    for name, requirement in wanted.items():
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        pins = [e for e in entries.get(name, [])
                if e.marker is None or e.marker.evaluate(environment)]
        if len(pins) != 1 or not requirement.specifier.contains(version(pins[0])):
            problems.append(f"{requirement}: locked are {[str(p) for p in pins]}")
    return problems


ENVIRONMENTS = [
    {"python_version": v, "python_full_version": f"{v}.1", "sys_platform": platform}
    for v in ("3.11", "3.12", "3.13") for platform in ("linux", "darwin")
]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_fulfils_pyproject(lock):
    entries = locked((ROOT / lock).read_text())
    for environment in ENVIRONMENTS:
        assert missing(declared(LOCKS[lock]), entries, environment) == []


def test_locks_agree_on_what_they_share():
    base = locked((ROOT / "requirements.lock").read_text())
    for lock in LOCKS:
        other = locked((ROOT / lock).read_text())
        for name in base.keys() & other.keys():
            assert {version(e) for e in other[name]} <= {version(e) for e in base[name]}, name


def conda_differences(text):
    """Requirements of environment.yml that are not those of pyproject.toml, and the reverse."""
    lines = [e for e in yaml.safe_load(text)["dependencies"] if isinstance(e, str)]
    extra = {"pip": "", "python": PROJECT["requires-python"]}
    conda = {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}
    wanted = {n: r.specifier for n, r in declared(["paper", "test", "lab", "distributed"]).items()}
    wanted |= {name: Requirement(f"{name}{bound}").specifier for name, bound in extra.items()}
    return sorted(n for n in conda.keys() | wanted.keys() if conda.get(n) != wanted.get(n))


def test_environment_yml_says_what_pyproject_says():
    assert conda_differences((ROOT / "environment.yml").read_text()) == []


@pytest.mark.parametrize(("old", "new"), [
    ("  - scipy", "  - scipi"), ("numpy>=2.2", "numpy>=2.1"), ("  - pytest-xdist>=3.6\n", ""),
    ("python>=3.11", "python>=3.10"),
])
def test_a_different_environment_yml_is_seen(old, new):
    text = (ROOT / "environment.yml").read_text()
    assert old in text
    assert conda_differences(text.replace(old, new)) != []


@pytest.mark.parametrize(("lock", "count"), [
    ("numpy==2.4.6 \\\n    --hash=sha256:" + "0" * 64, 0),
    ("numpy==1.26 \\\n    --hash=sha256:" + "0" * 64, 1),
    ("numpy==2.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "0" * 64, 1),
    ("scipy==1.17.1 \\\n    --hash=sha256:" + "0" * 64, 1),
])
def test_an_unfulfilled_lock_is_seen(lock, count):
    wanted = {"numpy": Requirement("numpy>=2.2,<2.5")}
    assert len(missing(wanted, locked(lock), ENVIRONMENTS[0])) == count


def test_a_lock_without_hash_is_seen():
    with pytest.raises(AssertionError, match="no hash"):
        locked("numpy==2.4.6\n")
