"""The pictures that need no house: an editor that knows our schema, and a pathway's flowchart.

Editor and Mermaid come from npm, the versions of `dev/docs/editor/package-lock.json`, into a folder that git ignores.
On the way every shipped pathway is drawn in both languages: what Mermaid cannot read fails here.
"""

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect

from dev.process import StackError
from pathways.compile import compile_folder
from pathways.diagram import diagram
from pathways.schema import schema

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = Path(__file__).resolve().parent / "editor"
PLACE = ROOT / "build" / "editor"
PAGE = PLACE / "page"
SHIPPED = ROOT / "pathways" / "shipped"
MERMAID = PLACE / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
DRAWN = "first-contact"
"""The pathway whose flowchart is kept."""
GUIDE = ROOT / "docs" / "authors.md"
FILE = "my-clinic/pathways/pressure-check.yaml"
WRITTEN = re.compile(rf"(?:Write|Add to the end of)\s+`{re.escape(FILE)}`[^`]*:\n\n```yaml\n(.*?)```", re.DOTALL)
"""What the guide for authors has one write: the pictures are of that very file."""
NEW_STEP = "  - id: call\n", "  kind: task\n"
"""The step that is being typed: the editor goes on as deep as the line before."""
CHOSEN = "escalate"
FORGOTTEN = ", timed_out: end abandoned"
"""What the second picture's author forgot, in the step `agree`."""
LARGE, SMALL = (940, 620), (940, 290)
"""Sizes of the editor's window, in pixels."""
KEPT = 440
"""How much of the large one is kept: the list asks for more room than it fills."""


def install() -> None:
    """The libraries, where they are not there yet, and the page made of them.

    Raises:
        CalledProcessError: npm or esbuild could not.
    """
    wanted, installed = SOURCES / "package-lock.json", PLACE / "installed"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        PLACE.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", wanted.name):
            shutil.copyfile(SOURCES / name, PLACE / name)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        shutil.copyfile(wanted, installed)
    for name in ("editor.js", "index.html"):
        shutil.copyfile(SOURCES / name, PLACE / name)
    workers = {
        "editor.worker": "node_modules/monaco-editor/esm/vs/editor/editor.worker.js",
        "yaml.worker": "node_modules/monaco-yaml/yaml.worker.js",
    }
    bundle = ("node_modules/.bin/esbuild", "--bundle", "--log-level=error", f"--outdir={PAGE}", "--loader:.ttf=file")
    _run(*bundle, "--format=esm", "editor.js")
    _run(*bundle, "--format=iife", *(f"{name}={file}" for name, file in workers.items()))
    shutil.copyfile(SOURCES / "index.html", PAGE / "index.html")
    (PAGE / "pathway.schema.json").write_text(json.dumps(schema("pathway"), ensure_ascii=False), encoding="utf-8")


def _run(*words: str) -> None:
    subprocess.run(words, cwd=PLACE, check=True, stdout=subprocess.DEVNULL)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests for our own page are no news."""


@contextmanager
def served() -> Iterator[str]:
    """The page's address, on loopback."""
    handler = functools.partial(_Quiet, directory=str(PAGE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.html"
        finally:
            server.shutdown()
            thread.join()


async def take_all(context: BrowserContext, pictures: Path) -> None:
    """Install, then take them."""
    install()
    await take_diagram(context, pictures / "pathway-diagram.png")
    with served() as address:
        await take_completion(context, address, pictures / "editor-completion.png")
        await take_finding(context, address, pictures / "editor-finding.png")


async def take_diagram(context: BrowserContext, picture: Path) -> None:
    """Draw every shipped pathway in both languages, and keep one.

    Raises:
        Error: Mermaid cannot read what ``carepath diagram`` prints.
    """
    page = await context.new_page()
    await page.set_content("<body style='margin: 0'><div id='here' style='display: inline-block; padding: 12px'></div>")
    await page.add_script_tag(path=MERMAID)
    await page.evaluate("mermaid.initialize({startOnLoad: false, flowchart: {useMaxWidth: false}})")
    pathways = compile_folder(SHIPPED).sound().pathways
    for pathway in sorted(pathways, key=lambda each: each.code == DRAWN):
        for language in ("ru", "en"):
            drawn = "async text => { here.innerHTML = (await mermaid.render('drawn', text)).svg }"
            await page.evaluate(drawn, diagram(pathway, language))
            await expect(page.locator("#here svg")).to_be_visible()
    await page.locator("#here").screenshot(path=picture)
    print(f"Mermaid draws all {len(pathways)} shipped pathways in both languages.")
    print(picture)
    await page.close()


async def take_completion(context: BrowserContext, address: str, picture: Path) -> None:
    """Type a step into the guide's pathway and ask what may stand in it."""
    before, _ = written().split(NEW_STEP[0])
    page = await editing(context, address, before, LARGE)
    await page.evaluate("editor.setPosition({lineNumber: 999, column: 1})")
    for line in NEW_STEP:
        await page.keyboard.type(line)
    await page.keyboard.press("Escape")
    await reveal(page, "- id: fine")
    await page.keyboard.press("Control+Space")
    row = page.locator(".suggest-widget .monaco-list-row", has_text=re.compile(f"^{CHOSEN}$"))
    await expect(row).to_be_visible()
    told = page.locator(".suggest-details-container")
    if not await told.is_visible():
        await page.keyboard.press("Control+Space")
    for _ in range(await page.locator(".suggest-widget .monaco-list-row").count()):
        if "focused" in (await row.get_attribute("class") or ""):
            break
        await page.keyboard.press("ArrowDown")
    described = schema("pathway")["$defs"]["step_task"]["properties"][CHOSEN]["description"]
    await expect(told).to_contain_text(described)
    await _take(page, picture, (LARGE[0], KEPT))


async def take_finding(context: BrowserContext, address: str, picture: Path) -> None:
    """Forget where an outcome leads, and rest the mouse on what the editor underlines."""
    begin, end = written().split("  - id: agree\n")
    page = await editing(context, address, f"{begin}  - id: agree\n{end.replace(FORGOTTEN, '', 1)}", SMALL)
    await page.wait_for_function("markers().length > 0")
    await reveal(page, "- id: agree")
    await expect(page.locator(".squiggly-warning, .squiggly-error").first).to_be_visible()
    place = await page.evaluate(
        """() => {
            const {startLineNumber: lineNumber, startColumn: column} = markers()[0]
            const at = editor.getScrolledVisiblePosition({lineNumber, column: column + 1})
            return [at.left + 4, at.top + at.height / 2]
        }"""
    )
    await page.mouse.move(*place)
    hover = page.locator(".monaco-hover:not(.hidden)").first
    await expect(hover).to_contain_text("timed_out")
    await expect(hover).to_have_css("opacity", "1")
    await _take(page, picture, SMALL)


def written() -> str:
    """The pathway the guide has one write, with the mistake it makes on purpose.

    Raises:
        StackError: The guide no longer writes it so.
    """
    text = "".join(WRITTEN.findall(GUIDE.read_text(encoding="utf-8")))
    if text.count(NEW_STEP[0]) != 1 or FORGOTTEN not in text.partition("  - id: agree\n")[2]:
        raise StackError(f"{GUIDE.name} no longer writes {FILE} with the steps the pictures show.")
    return text


async def editing(context: BrowserContext, address: str, text: str, size: tuple[int, int]) -> Page:
    """An editor with a file open in it and the cursor there."""
    page = await context.new_page()
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.goto(address)
    await page.wait_for_function("window.ready")
    await page.evaluate("([name, text]) => open_file(name, text)", [FILE, text])
    await page.evaluate("editor.focus()")
    return page


async def reveal(page: Page, line: str) -> None:
    """Scroll so that a line is the first one."""
    await page.evaluate(
        """line => {
            const found = editor.getModel().findMatches(line, false, false, true, null, false)[0]
            editor.setScrollTop(editor.getTopForLineNumber(found.range.startLineNumber))
        }""",
        line,
    )


async def _take(page: Page, picture: Path, size: tuple[int, int]) -> None:
    await page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": size[0], "height": size[1]})
    print(picture)
    await page.close()
