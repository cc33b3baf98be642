"""The repository's own rules: what may stand in it, and how things are named."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["clinic/pages", "clinic/practice", "clinic/staff", "inquiries"]


def tracked() -> list[Path]:
    """Every file git tracks, as it stands in the working tree; outside a checkout, every file of ours."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)  # noqa: S607 - git is wherever it is
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith(".")]
    return [path for path in paths if path.is_file()]


def texts(*endings: str) -> dict[str, str]:
    """The tracked text files with these endings."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in tracked() if path.suffix in endings
    }


def test_no_secret_is_in_the_repository():
    secret = re.compile(r"(BEGIN [A-Z]+ PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_\w{30}|django-insecure-\w)")

    found = [
        name for name, text in texts(".py", ".toml", ".md", ".txt", ".conf", ".html").items() if secret.search(text)
    ]

    assert found == []


def test_no_path_of_a_machine_is_in_the_repository():
    ours = re.compile(r"(?<![\w.$/])/(?:" + "root|work" + r")/|/home/\w+/|C:\\Users")

    found = {
        name: hits
        for name, text in texts(".py", ".md", ".toml", ".txt", ".css", ".js").items()
        if (hits := ours.findall(text))
    }

    assert set(found) <= {"tests/rules/test_repository.py"}


def test_no_page_loads_anything_from_another_host():
    loads = re.compile(
        r"<(?:script|img|iframe|source|video|audio|embed|object)[^>]+(?:src|data)=[\"']?(?:https?:)?//", re.I
    )
    links = re.compile(
        r"<link[^>]+rel=[\"'](?:stylesheet|preload|preconnect|icon)[\"'][^>]+href=[\"'](?:https?:)?//", re.I
    )
    sheets = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")

    pages = [name for name, text in texts(".html", ".js", ".svg").items() if loads.search(text) or links.search(text)]
    styles = [name for name, text in texts(".css").items() if sheets.search(text)]

    assert pages + styles == []


@pytest.mark.parametrize("app", APPS)
def test_every_migration_is_named_by_hand(app):
    names = [path.stem for path in (ROOT / app / "migrations").glob("0*.py")]

    assert names
    assert not [name for name in names if "auto" in name]


def test_every_direct_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    direct = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]

    silent = [name for name in direct if not re.search(rf'"{re.escape(name)}",\s+# \S', text)]

    assert silent == []


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_pinned_package_has_a_hash_and_a_reason(name):
    blocks = re.split(r"\n(?=[#A-Za-z])", (ROOT / name).read_text())
    pinned = [block for block in blocks if re.match(r"[a-z0-9]", block, re.I)]

    assert len(pinned) > 10
    for block in pinned:
        above = blocks[blocks.index(block) - 1]
        assert "==" in block
        assert "--hash=sha256:" in block
        assert "# via" in block or above.startswith("# "), block.split()[0]


def test_no_file_is_called_utils():
    assert not [path for path in tracked() if path.stem in ("utils", "helpers", "misc", "common")]


def test_no_signal_is_connected():
    found = [name for name, text in texts(".py").items() if re.search(r"@receiver|\.connect\(\s*\w+_", text)]

    assert set(found) <= {"tests/rules/test_repository.py"}
