"""The page ``/docs``: Swagger UI from files of our own, for a network that leads nowhere."""

from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

PATH = "/docs"
FILES = f"{PATH}/files"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The browser itself sees to it that the page asks nobody else."""
PARAMETERS = {"validatorUrl": None}
"""Swagger UI would have the schema judged by a public site."""


def serve(app: FastAPI) -> None:
    """Serve the page and its files."""

    async def page(request: Request) -> Response:
        root = request.scope.get("root_path", "").rstrip("/")
        answer = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}{FILES}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{FILES}/swagger-ui.css",
            swagger_favicon_url=f"{root}{FILES}/favicon.png",
            swagger_ui_parameters=PARAMETERS,
        )
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    app.mount(FILES, StaticFiles(packages=[("fastapi_offline", "static")]))
    app.add_route(PATH, page, include_in_schema=False)
