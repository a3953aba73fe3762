"""A web server on the loopback that behaves and misbehaves, and rules that make its tests quick."""

import gzip
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from pipeline.documents.rules import Rules

ARTICLE = """<html lang="fr"><head><title>{title}</title><meta charset="utf-8">
<meta property="article:published_time" content="2019-03-14T09:30:00+01:00"></head>
<body><nav><ul><li><a href="/">Accueil</a></li><li><a href="/c">Contact</a></li></ul></nav>
<article><h1>{title}</h1><p>Le pôle Novalim a signé hier à Rennes un protocole d'entente avec le réseau norvégien Fjordmat, pour une durée
de deux ans renouvelable. Les deux structures veulent rapprocher leurs entreprises et leurs laboratoires.</p>
<ul><li>Fjordmat (Norvège)</li><li>Kelpland Hub (Irlande)</li></ul></article></body></html>"""


@dataclass
class Site:
    """What the test server serves, and what it was asked."""

    origin: str
    robots: str | None = None
    asked: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    feed: bytes = b""
    failing: set[str] = field(default_factory=set)
    failing_once: set[str] = field(default_factory=set)

    def fails(self, path: str) -> bool:
        """Whether this request fails: every one for the path, or this one only."""
        once = path in self.failing_once
        self.failing_once.discard(path)
        return once or path in self.failing

    def url(self, path: str) -> str:
        return self.origin + path


def article(title: str) -> bytes:
    return ARTICLE.format(title=title).encode()


class Handler(BaseHTTPRequestHandler):
    """Routes by the first part of the path."""

    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *arguments: object) -> None:
        return None

    def do_GET(self) -> None:
        self.site.asked[self.path] += 1
        self.site.times.append(time.monotonic())
        name = self.path.strip("/").split("/")[0].replace(".", "_")
        serve = self.serve_error if self.site.fails(self.path) else getattr(self, f"serve_{name}", self.serve_missing)
        serve()

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for key, value in {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(body)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def serve_missing(self) -> None:
        self.send(404, b"")

    def serve_robots_txt(self) -> None:
        if self.site.robots is None:
            self.serve_missing()
        else:
            self.send(200, self.site.robots.encode(), Content_Type="text/plain")

    def serve_article(self) -> None:
        if self.headers.get("If-None-Match") == '"v1"':
            self.site.conditional[self.path] += 1
            self.send_response(304)
            self.end_headers()
            return
        self.send(200, article(self.path.split("/")[-1].replace("-", " ")), ETag='"v1"')

    def serve_latin(self) -> None:
        page = article("Filière équine à Évreux").decode().replace('<meta charset="utf-8">', "")
        self.send(200, page.encode("cp1252"), Content_Type="text/html; charset=utf-8")

    def serve_utf(self) -> None:
        self.send(200, article("Filière équine à Évreux"), Content_Type="text/html; charset=iso-8859-1")

    def serve_gzip(self) -> None:
        self.send(200, gzip.compress(article("Page comprimée")), Content_Encoding="gzip")

    def serve_bomb(self) -> None:
        self.send(200, gzip.compress(b"a" * 20_000_000), Content_Encoding="gzip")

    def serve_error(self) -> None:
        self.send(500, b"panne")

    def serve_busy(self) -> None:
        if self.site.asked[self.path] < 3:
            self.send(503, b"", Retry_After="0")
        else:
            self.send(200, article("Enfin là"))

    def serve_gone(self) -> None:
        self.send(410, b"")

    def serve_loop(self) -> None:
        self.send(302, b"", Location=f"/loop/{self.site.asked.total()}")

    def serve_moved(self) -> None:
        self.send(301, b"", Location="/article/page-deplacee")

    def serve_astray(self) -> None:
        self.send(302, b"", Location="file:///etc/hostname")

    def serve_pdf(self) -> None:
        self.send(200, b"%PDF-1.4", Content_Type="application/pdf")

    def serve_slow(self) -> None:
        time.sleep(1.5)
        self.close_connection = True

    def serve_drip(self) -> None:
        self.pour(b"<p>mot</p>", pause=0.05)

    def serve_endless(self) -> None:
        self.pour(b"<p>encore et encore</p>" * 5000, pause=0.0)

    def pour(self, part: bytes, *, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(2000):
                self.wfile.write(part)
                time.sleep(pause)
        except OSError:
            return

    def serve_broken(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b"<p>coup")
        self.close_connection = True

    def serve_feed(self) -> None:
        self.send(200, self.site.feed, Content_Type="application/rss+xml")


def adjusted(rules: Rules, **web: float) -> Rules:
    """Rules with other web settings."""
    settings = {
        "read_seconds": 0.6,
        "connect_seconds": 0.6,
        "whole_seconds": 1.0,
        "backoff_seconds": 0.01,
        "seconds_between_requests": 0.0,
        **web,
    }
    thresholds = rules.thresholds
    changed = thresholds.model_copy(
        update={
            "web": thresholds.web.model_copy(update=settings),
            "limits": thresholds.limits.model_copy(update={"max_bytes": 1_000_000}),
        }
    )
    return Rules(changed, rules.patterns, rules.digest)
