"""Pin every dependency with hashes, and carry over from pyproject.toml the line that says why it is there.

Run by `make lock`. The resolver leaves comments out, so a reader of the pins would not learn what each one is for.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
COMPILE += ["--no-emit-find-links", "--no-header", "--annotation-style", "line", "--upgrade"]


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def reasons() -> dict[str, str]:
    """Each direct dependency's comment in pyproject.toml."""
    listed = re.findall(r'^\s+"([A-Za-z0-9._-]+)[^"]*",\s+# (.+)$', (ROOT / "pyproject.toml").read_text(), re.M)
    return {normal(name): why for name, why in listed}


def lock(requirements: list[str], target: Path, constraints: list[Path]) -> None:
    """Resolve `requirements` into `target`, one reason above each direct dependency."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *COMPILE, "-"]
    for file in constraints:
        command += ["--constraints", str(file)]
    compiled = subprocess.run(command, input="\n".join(requirements), text=True, check=True, capture_output=True)
    why = reasons()
    lines = ['# Made by `make lock` from pyproject.toml. Comments without "via" say why a package is here.']
    for line in compiled.stdout.splitlines():
        pinned = re.match(r"([A-Za-z0-9._-]+)(\[.*\])?==", line)
        if pinned and normal(pinned[1]) in why:
            lines.append(f"# {why[normal(pinned[1])]}")
        lines.append(re.sub(r"# via -(, )?", "# via ", line).removesuffix("# via ").rstrip())
    target.write_text("\n".join(line for line in lines if line) + "\n")


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = ROOT / "requirements.txt"
    lock(project["project"]["dependencies"], runtime, [])
    lock(project["dependency-groups"]["test"], ROOT / "tests" / "requirements.txt", [runtime])
