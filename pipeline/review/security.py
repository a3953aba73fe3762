"""Who may do what: a name for the record, a token where others can reach the page, no post from elsewhere, no script but our own."""

import hmac
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

LOOPBACK = ("127.0.0.1", "localhost")
ENTRANCE = "/entrer"
OPEN = (ENTRANCE, "/static/")
"""What is shown without a name."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Next = Callable[[Request], Awaitable[Response]]


class Guard(BaseHTTPMiddleware):
    """Lets in who has told a name (and the token), and adds the headers that keep strange scripts out."""

    async def dispatch(self, request: Request, call_next: Next) -> Response:
        """Answer, or send to the entrance."""
        inside = bool(request.session.get("who")) or request.url.path.startswith(OPEN)
        response = await call_next(request) if inside else self.outside(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def outside(self, request: Request) -> Response:
        """To the entrance; a script's request is told so."""
        return RedirectResponse(ENTRANCE, 303) if request.method == "GET" else Response("entrez d'abord", 401)


def csrf(request: Request) -> str:
    """The secret that every form of this session must bring back."""
    token: str = request.session.setdefault("csrf", secrets.token_urlsafe(24))
    return token


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that this session was given.

    Raises:
        HTTPException: the form comes from elsewhere.
    """
    form: dict[str, Any] = dict(await request.form())
    known = request.session.get("csrf", "")
    if not known or not hmac.compare_digest(str(form.get("csrf", "")).encode(), known.encode()):
        raise HTTPException(403, "Ce formulaire n'est plus valable : rechargez la page et recommencez.")
    return {name: value for name, value in form.items() if isinstance(value, str)}


def right_token(given: str, token: str | None) -> bool:
    """Whether the token is the one that was set, or none is asked for."""
    return token is None or hmac.compare_digest(given.encode(), token.encode())


def session_key(folder: Path) -> str:
    """The key that signs sessions; kept, so that a restart asks nobody to enter again."""
    path = folder / "review.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if key := path.read_text("ascii"):
            return key
        path.unlink()
        return session_key(folder)
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(32))
    return key
