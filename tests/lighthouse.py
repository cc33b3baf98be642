"""`make lighthouse`: Google's Lighthouse, as on a phone, over every page that the sitemap lists. Needs Node's npx.

Not part of `make test`: it needs a program from the npm registry, and its speeds depend on the machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from urllib.request import urlopen

from tests.browser import MISSING, find_chromium
from tests.screenshots import product

VERSION = "12.8.2"  # the newest for Node 20
TARGETS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FLAGS = "--headless=new --disable-gpu --disable-dev-shm-usage"


def pages(site: str) -> list[str]:
    """Every public address."""
    with urlopen(f"{site}/sitemap.xml") as answer:  # noqa: S310 - our own address, put together by `product`
        return re.findall(r"<loc>([^<]+)</loc>", answer.read().decode())


def scores(address: str, chromium: str) -> dict[str, int]:
    """Lighthouse's four figures, 0 to 100. Without other flags it plays a mid-range phone on a slow network."""
    flags = f"{FLAGS} --no-sandbox" if os.geteuid() == 0 else FLAGS  # root cannot have a sandbox
    command = ["npx", "--yes", f"lighthouse@{VERSION}", address, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command.append("--only-categories=" + ",".join(TARGETS))
    run = subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, stdout=subprocess.PIPE, check=True)
    found = json.loads(run.stdout)["categories"]
    return {name: round(100 * found[name]["score"]) for name in TARGETS}


def main() -> None:
    """Print a line for each page; exit status 1 when one is below a target."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    if shutil.which("npx") is None:
        sys.exit("There is no npx. Install Node 20 or newer; it brings npx along.")
    below = []
    with product() as site:
        print("| page |" + "".join(f" {name} |" for name in TARGETS) + "\n|---|" + "---|" * len(TARGETS))
        for address in pages(site):
            found = scores(address, chromium)
            path = address.removeprefix(site)
            print(f"| {path} |" + "".join(f" {score} |" for score in found.values()), flush=True)
            below += [f"{path}: {name} {found[name]}" for name, least in TARGETS.items() if found[name] < least]
    sys.exit("Below the target: " + ", ".join(below) if below else 0)


if __name__ == "__main__":
    main()
