"""Sheets of paper: what a browser's PDF of a page would come out of a printer as."""

import re
import zlib
from dataclasses import dataclass

from playwright.async_api import Page

SHEET = re.compile(
    rb"/Type /Page\n.*?/MediaBox \[0 0 ([\d.]+) ([\d.]+)\].*?/Contents (\d+) 0 R", re.DOTALL
)
STREAM = rb"\n%d 0 obj\n.*?stream\n(.*?)\nendstream"
SHOWS = re.compile(rb"\bT[jJ]\b")
"""An operator that shows text (ISO 32000-1, 9.4.3)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One side of paper, in points. ``texts``: how many runs of text stand on it."""

    width: int
    height: int
    texts: int


async def printed(page: Page) -> list[Sheet]:
    """The page as the browser prints it, on the paper that the page itself asks for."""
    pdf = await page.pdf(prefer_css_page_size=True)
    return [
        Sheet(round(float(width)), round(float(height)), _texts(pdf, int(contents)))
        for width, height, contents in SHEET.findall(pdf)
    ]


def _texts(pdf: bytes, number: int) -> int:
    found = re.search(STREAM % number, pdf, re.DOTALL)
    assert found, f"no contents {number}"
    return len(SHOWS.findall(zlib.decompress(found[1])))
