"""Take the picture of the README from a running demo: 李奶奶's phone after she asked, beside 陈工's desk with her need open.

python -m tools.pictures [http://localhost:8600]    a fresh demo gives the clearest picture
"""

from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

TARGET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "tour.png"
HEIGHT, PHONE, DESK, GAP = 800, 390, 1240, 24
SERVICE = "medicine"


def _as(browser: Browser, site: str, who: str, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": HEIGHT}).new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{site}/demo/")
    page.locator(f"form:has(input[value='{who}']) button, button[value='{who}']").first.click()
    page.wait_for_load_state()
    return page


def _asked(browser: Browser, site: str) -> bytes:
    page = _as(browser, site, "li", PHONE)
    page.goto(f"{site}/home/ask/{SERVICE}/")
    page.locator("main form[method='post'] button:visible").first.click()
    page.wait_for_load_state()
    return page.screenshot()


def _desk(browser: Browser, site: str) -> bytes:
    page = _as(browser, site, "chen", DESK)
    page.locator("main a[href*='/desk/needs/']:visible").first.click()
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def take(site: str) -> None:
    """Take both screens and lay them side by side."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        shots = [b64encode(shot).decode() for shot in (_asked(browser, site), _desk(browser, site))]
        page = browser.new_page(viewport={"width": PHONE + DESK + 3 * GAP, "height": HEIGHT + 2 * GAP})
        images = "".join(f'<img src="data:image/png;base64,{shot}">' for shot in shots)
        page.set_content(
            f"<style>body{{margin:{GAP}px;display:flex;gap:{GAP}px;background:#d9d4c8}}img{{border-radius:12px}}</style>{images}"
        )
        TARGET.parent.mkdir(exist_ok=True)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8600")
