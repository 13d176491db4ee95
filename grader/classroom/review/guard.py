"""Who may talk to the desk: a browser on this machine that was opened with its link, and no other page.

A page from elsewhere that a browser has open could send requests to this machine as well. So the name of the host
has to be the desk's own (a foreign name may be made to lead here), a cookie has to hold the token of the link, and
what changes something has to come from a page of the desk.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.core.i18n import Message as Sentence
from grader.core.i18n import _

PUBLIC = frozenset({"/desk.css", "/desk.js"})  # nothing about anybody
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer": browsers would then hide where a form comes from, which is what is asked of them.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# A report has a policy of its own, which allows its style sheet by its hash; both have to allow it.
REPORTS = "/report/"
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

Refuse = Callable[[Sentence, int, Scope, Receive], Awaitable[Response]]


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


class Guard:
    """Lets through to `app` what comes from the desk's own pages; answers everything else with a sentence."""

    def __init__(self, app: ASGIApp, address: str, token: str, refuse: Refuse) -> None:
        """Guard an application.

        Args:
            app: The application.
            address: Host and port, such as 127.0.0.1:8000.
            token: Of the link.
            refuse: Makes the page that says why something was refused.
        """
        self._app, self._address, self._token, self._refuse = app, address, token, refuse
        self._cookie = f"grader-desk-{address.rpartition(':')[2]}"  # cookies know no ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the application do so."""
        if scope["type"] != "http":  # "lifespan": nothing of a browser's; no websocket is ever opened
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                if scope["path"].startswith(REPORTS):
                    headers["Content-Security-Policy"] = REPORT_POLICY
            await send(message)

        answer = await self._find_answer(scope, receive)
        await (answer or self._app)(scope, receive, send_guarded)

    async def _find_answer(self, scope: Scope, receive: Receive) -> Response | None:
        """Return the answer to a request that does not get through, or that brings the token; else None."""
        headers = Headers(scope=scope)
        if headers.get("host", "") != self._address:
            sentence = _(
                "This is the review desk of one machine; it answers under {address} only.", address=self._address
            )
            return await self._refuse(sentence, 421, scope, _no_body)
        if scope["path"] in PUBLIC and scope["method"] in {"GET", "HEAD"}:
            return None
        if scope["method"] not in {"GET", "HEAD"} and not self._is_own(headers):
            sentence = _(
                "Another page tried to change something here. Nothing was changed. Open the desk itself, with the "
                "link that grader review has printed."
            )
            return await self._refuse(sentence, 403, scope, _no_body)
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and scope["method"] == "GET" and self._is_token(token):
            response = RedirectResponse("/", 303)  # so that the token does not stand in the address any longer
            response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return response
        if not self._is_token(self._read_cookie(headers)):
            sentence = _(
                "This page needs the whole link that grader review has printed, with its token. Is it the page "
                "of a desk that was closed? Then open the new link. Nothing was changed."
            )
            return await self._refuse(sentence, 403, scope, receive)
        return None

    def _is_own(self, headers: Headers) -> bool:
        """Return whether a page of the desk sent this: every browser says so with each form."""
        return (
            headers.get("origin") == f"http://{self._address}"
            and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._token.encode())

    def _read_cookie(self, headers: Headers) -> str:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        return cookies[self._cookie].value if self._cookie in cookies else ""


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
