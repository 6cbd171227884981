"""What the tour stands on: settings, clients in an empty home, plain HTTP, a proxy with a path prefix, and the score."""

import contextlib
import http.server
import json
import os
import tempfile
import threading
import time
import traceback
import urllib.request

import requests
from polytope.api import Client


class Skip(Exception):
    """The server under test does not offer what a check needs."""


class Tour:
    """Settings come as JSON: url, collection, request, bad (request, words), optional keys and special requests."""

    def __init__(self, settings):
        self.settings = settings
        self.url = settings["url"].rstrip("/")
        self.collection = settings["collection"]
        self.home = tempfile.mkdtemp(prefix="polyfst-tour-")
        os.environ["HOME"] = self.home
        os.chdir(self.home)

    def key(self, name="alice"):
        return self.settings.get("keys", {}).get(name, "anonymous")

    def need(self, name):
        if name not in self.settings:
            raise Skip("the settings have no " + name)
        return self.settings[name]

    def request(self):
        return dict(self.settings["request"])

    def client(self, address=None, **kwargs):
        if not {"user_key", "username"} & kwargs.keys():
            kwargs["user_key"] = self.key()
        return Client(address=address or self.url, insecure=True, quiet=True, **kwargs)

    def headers(self, name="alice"):
        return {"Authorization": "Bearer " + self.key(name)}

    def get(self, path, **kwargs):
        kwargs.setdefault("headers", self.headers())
        url = path if "://" in path else self.url + path
        return requests.get(url, timeout=60, **kwargs)

    def submit(self, request):
        """Address of a new request."""
        body = {"verb": "retrieve", "request": request}
        url = self.url + "/api/v1/requests/" + self.collection
        reply = requests.post(url, json=body, headers=self.headers(), timeout=60, allow_redirects=False)
        assert reply.status_code == 202, reply.text
        return reply.headers["Location"]

    def finish(self, address):
        """The answer to the first poll that is not 202."""
        for _ in range(200):
            reply = self.get(address, allow_redirects=False)
            if reply.status_code != 202:
                return reply
        raise AssertionError("stays pending")

    def data(self, request):
        """Signed address and bytes of a request, without the client."""
        ready = self.finish(self.submit(request))
        assert ready.status_code == 303, ready.text
        return ready.headers["Location"], self.get(ready.headers["Location"], headers={}).content

    def file(self, name):
        return os.path.join(self.home, name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def refused(call, *words, seconds=10):
    """Text of the error that a call of the client ends in; quick, readable, with the words."""
    start = time.monotonic()
    try:
        call()
    except Exception as error:  # the client raises many types
        text = str(error)
    else:
        raise AssertionError("was accepted")
    assert time.monotonic() - start < seconds, "the client slept"
    for word in words:
        assert word in text, "%r is not in: %s" % (word, text)
    return text


@contextlib.contextmanager
def prefix_proxy(target, prefix):
    """A reverse proxy that serves `target` below `prefix`, as an ingress does."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def relay(self):
            if not self.path.startswith(prefix + "/"):
                self.send_error(404)
                return
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length) if length else None
            headers = dict(self.headers)
            headers.update({"X-Forwarded-Host": self.headers["Host"], "X-Forwarded-Prefix": prefix})
            headers["X-Forwarded-Proto"] = "http"
            request = urllib.request.Request(target + self.path[len(prefix) :], body, headers, method=self.command)
            opener = urllib.request.build_opener(NoRedirect)
            try:
                reply = opener.open(request, timeout=60)
            except urllib.error.HTTPError as error:
                reply = error
            content = reply.read()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in ("connection", "keep-alive", "date", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = relay

        def log_message(self, *_):
            pass

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "http://127.0.0.1:%d%s" % (server.server_address[1], prefix)
    finally:
        server.shutdown()
        server.server_close()


def run(tour, checks):
    """Runs the checks in order; prints a line each and a total. Returns the number of failures."""
    failures = skips = 0
    for number, (title, check) in enumerate(checks, 1):
        start = time.monotonic()
        try:
            check(tour)
        except Skip as reason:
            skips += 1
            print("skip %d %s: %s" % (number, title, reason))
        except Exception:
            failures += 1
            print("not ok %d %s" % (number, title))
            print(traceback.format_exc())
        else:
            print("ok %d %s (%.1f s)" % (number, title, time.monotonic() - start))
    print(json.dumps({"checks": len(checks), "failed": failures, "skipped": skips}))
    return failures
