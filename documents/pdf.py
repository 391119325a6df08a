"""A paper becomes PDF/A-3b. The bytes follow from the paper alone: same paper, same bytes, same digest.

That holds while fonts are ours (no font of the machine is used), dates are given, and the library is pinned.
"""

import io
from functools import cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from documents import text
from documents.papers import DoesNotFit, Paper

TEMPLATES = Path(__file__).parent / "templates"
VARIANT = "pdf/a-3b"
DENSITIES = (0, 1, 2)
FACES = (
    ("Paper Serif", "PTF55F.ttf", "normal", "normal"),
    ("Paper Serif", "PTF75F.ttf", "bold", "normal"),
    ("Paper Serif", "PTF56F.ttf", "normal", "italic"),
    ("Paper Sans", "PTS55F.ttf", "normal", "normal"),
    ("Paper Sans", "PTS75F.ttf", "bold", "normal"),
    ("Paper Signs", text.FALLBACK, "normal", "normal"),
)


class _OnlyFonts(URLFetcher):  # type: ignore[misc]
    """Nothing typed by a person can make the printer read a file or reach the network."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(text.FONTS.as_uri() + "/")
        if name not in {file for _, file, _, _ in FACES}:
            raise ValueError("papers reach nothing outside")
        return URLFetcherResponse(url, (text.FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=text.day,
        long_day=text.long_day,
        month_of=text.month_of,
        clock_time=text.clock_time,
        short_name=text.short_name,
        phone=text.phone,
        qr=_qr,
    )
    environment.globals.update(
        age=text.age,
        local=text.local,
        plural=text.plural,
        SEX=text.SEX,
        CONDITION=text.CONDITION,
        NOSOLOGY=text.NOSOLOGY,
        VISIT=text.VISIT,
    )
    return environment


@cache
def _fonts() -> tuple[FontConfiguration, CSS]:
    # Made once a process: reading six fonts costs more than printing a page.
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face{{font-family:'{family}';src:url('{text.FONTS.as_uri()}/{file}');"
        f"font-weight:{weight};font-style:{style}}}"
        for family, file, weight, style in FACES
    )
    return fonts, CSS(string=faces, font_config=fonts, url_fetcher=_OnlyFonts())


def _qr(content: str, title: str) -> Markup:
    buffer = io.BytesIO()
    # The title is what a reader without eyes hears, and what PDF/UA asks of a drawing.
    segno.make(content, error="m").save(
        buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=0, title=title
    )
    return Markup(buffer.getvalue().decode())


def html_of(paper: Paper, density: int = 0) -> str:
    """The paper as HTML; ``density`` sets a form of fixed size smaller."""
    fit = text.clean(paper)
    values: dict[str, Any] = {name: getattr(fit, name) for name in type(paper).model_fields}
    made = text.local(paper.made_at, paper.zone)
    template = _environment().get_template(paper.template)
    iso = paper.made_at.isoformat(timespec="seconds")
    return template.render(title=paper.title, made=made, iso=iso, density=density, **values)


def print_paper(paper: Paper) -> bytes:
    """The paper as PDF/A-3b.

    Raises:
        DoesNotFit: More words than the form holds.
    """
    fonts, faces = _fonts()
    for density in DENSITIES if paper.sides else (0,):
        laid = HTML(string=html_of(paper, density), url_fetcher=_OnlyFonts()).render(
            stylesheets=[faces], font_config=fonts, pdf_variant=VARIANT
        )
        if paper.sides is None or len(laid.pages) <= paper.sides:
            printed = laid.write_pdf(pdf_variant=VARIANT)
            assert isinstance(printed, bytes)
            return printed
    raise DoesNotFit
