"""`make icons`: draws the icons and the picture that goes with a shared link, all from favicon.svg's lines."""

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser import MISSING, chromium, find_chromium

CLINIC = Path(__file__).parent.parent / "clinic"
STATIC = CLINIC / "static" / "clinic"
AT_ROOT = CLINIC / "at_root"
MARK = (STATIC / "favicon.svg").read_text()
FACE = (CLINIC.parent / "templates" / "partials" / "_calm_face.html").read_text()
COLOURS = 64  # enough for flat drawings
PINE, ON_PINE, APRICOT = "#17403a", "#f2f5ea", "#e9a66b"

# Systems cut icons to their own shape: these fill the square, and the drawing keeps away from its edge.
FILLED = MARK.replace('<circle cx="20" cy="20" r="20"', '<path d="M0 0h40v40H0z"')
MASKABLE = FILLED.replace('viewBox="0 0 40 40"', 'viewBox="-5 -5 50 50"').replace("M0 0h40v40H0z", "M-5-5h50v50H-5z")

SHARE = f"""
<style>
  body {{ margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 84px 80px; background: {PINE};
         color: {ON_PINE}; display: flex; justify-content: space-between; align-items: center; }}
  h1 {{ margin: 0 0 28px; font: 400 82px/1.08 "Liberation Serif", Georgia, serif; letter-spacing: -0.01em; }}
  p {{ margin: 0; font: 400 34px/1.4 "Liberation Sans", Arial, sans-serif; color: #c3d5cb; }}
  svg {{ flex: none; width: 430px; height: auto; fill: none; stroke: {APRICOT}; stroke-width: 4; stroke-linecap: round;
         align-self: flex-end; margin-bottom: -84px; }}
  .off-label {{ margin-top: 56px; font-size: 26px; }}
</style>
<div><h1>Botox and<br>depression</h1><p>What research shows,<br>and what it does not.</p>
<p class="off-label">Off-label: the FDA has not approved<br>Botox for depression.</p></div>{FACE}
"""


def draw(browser: Browser, html: str, width: int, height: int) -> Image.Image:
    """The HTML as a picture of that many pixels; where nothing is drawn, it is transparent."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content(html)
    png = page.screenshot(omit_background=True)
    page.close()
    return Image.open(io.BytesIO(png))


def icon(browser: Browser, svg: str, size: int) -> Image.Image:
    """A drawing that fills a square."""
    sized = re.sub(r"<svg ", f'<svg width="{size}" height="{size}" style="display:block" ', svg, count=1)
    return draw(browser, f"<style>body{{margin:0}}</style>{sized}", size, size)


def save(picture: Image.Image, path: Path) -> None:
    """With few colours, so that the file is small."""
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(CLINIC)}: {path.stat().st_size:,} bytes")


def main() -> None:
    """Draw them all."""
    path = find_chromium()
    if path is None:
        sys.exit(MISSING)
    with chromium(path) as browser:
        icon(browser, MARK, 32).save(AT_ROOT / "favicon.ico", sizes=[(32, 32)])
        save(icon(browser, FILLED, 180), AT_ROOT / "apple-touch-icon.png")
        save(icon(browser, MARK, 192), STATIC / "icon-192.png")
        save(icon(browser, MARK, 512), STATIC / "icon-512.png")
        save(icon(browser, MASKABLE, 512), STATIC / "icon-maskable.png")
        save(draw(browser, SHARE, 1200, 630).convert("RGB"), STATIC / "share.png")


if __name__ == "__main__":
    main()
