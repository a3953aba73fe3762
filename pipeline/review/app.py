"""The application: addresses, sessions, errors in plain words."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.core.errors import VersionError
from pipeline.core.lexicon import load_lexicon
from pipeline.review import pages, posts, reading
from pipeline.review.desk import Desk
from pipeline.review.room import show
from pipeline.review.security import LOOPBACK, Guard, session_key
from pipeline.versions.policy import Policy
from pipeline.versions.store import Store

ROUTES = [
    Route("/", pages.home),
    Route("/entrer", posts.entrance),
    Route("/entrer", posts.enter, methods=["POST"]),
    Route("/changements", pages.changes),
    Route("/changements.csv", pages.export),
    Route("/etat", pages.state),
    Route("/decider", posts.decide, methods=["POST"]),
    Route("/annuler", posts.undo, methods=["POST"]),
    Route("/publier", posts.publish, methods=["POST"]),
    Route("/document/{key}", reading.document),
    Route("/document/{key}", posts.add, methods=["POST"]),
    Route("/fait", reading.fact),
    Route("/noms", reading.names),
    Route("/organisations", reading.organisations),
    Route("/organisations", posts.judge_pair, methods=["POST"]),
    Route("/organisation/{key}", reading.organisation),
    Route("/organisation/{key}", posts.split, methods=["POST"]),
    Route("/nombres", reading.counts),
    Mount("/static", StaticFiles(packages=[("pipeline.review", "static")])),
]


def create_app(store: Store, policy: Policy, models: Path, *, token: str | None = None) -> Starlette:
    """The review page over an outputs folder.

    Args:
        store: the versions.
        policy: what publishes by itself.
        models: whose patterns mark the triggers.
        token: what people must know to enter; None only where nobody else can reach the page.
    """
    hosts = ["*"] if token else list(LOOPBACK)
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
        Middleware(SessionMiddleware, secret_key=session_key(store.private), session_cookie="passerelle", same_site="strict"),
        Middleware(Guard),
    ]
    errors = {HTTPException: plain_error, VersionError: nothing_to_show}
    app = Starlette(routes=ROUTES, middleware=middleware, exception_handlers=errors)  # type: ignore[arg-type]  # handlers of their own error
    app.state.desk, app.state.lexicon, app.state.token = Desk(store, policy), load_lexicon(models), token
    return app


def plain_error(request: Request, error: HTTPException) -> Response:
    """An error in words."""
    return show(request, "error.html", error.status_code, message=error.detail)


def nothing_to_show(request: Request, error: VersionError) -> Response:
    """What is missing before anything can be reviewed, and how to get it."""
    return show(request, "error.html", 409, message=str(error))
