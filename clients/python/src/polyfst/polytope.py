"""Requests to a Polytope API over urllib: v2, and v1 where the server does not speak v2."""

import json
import time
import urllib.error
import urllib.request
import uuid

RETRIED = {429, 502, 503, 504, 529}


class PolyfstError(Exception):
    """The server refused or failed; `status` is the HTTP status, `code` the server's name of the error."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code


def _error(answer):
    text = answer.read().decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    sentence = body.get("detail") or body.get("description") or body.get("message") or text[:500] or answer.reason
    code = body.get("code") or answer.headers.get("X-Error-Code") or "unknown"
    return PolyfstError(answer.code, str(code), str(sentence))


class Client:
    """A server. `key` is sent as a Bearer token, or with `email` as `EmailKey email:key`."""

    def __init__(self, url, key=None, email=None, attempts=5, timeout=60):
        self.url = url.rstrip("/")
        self.attempts = attempts
        self.timeout = timeout
        self.headers = {}
        if key is not None:
            self.headers["Authorization"] = f"EmailKey {email}:{key}" if email else f"Bearer {key}"

    def call(self, path, body=None, headers=None, method=None):
        """One call; busy answers and broken connections are tried again. Returns the open response."""
        url = path if path.startswith("http") else self.url + path
        data = None if body is None else json.dumps(body).encode()
        sent = {**self.headers, **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        pause = 0.3
        for attempt in range(1, self.attempts + 1):
            request = urllib.request.Request(url, data=data, headers=sent, method=method)
            try:
                return urllib.request.urlopen(request, timeout=self.timeout)
            except urllib.error.HTTPError as answer:
                if answer.code not in RETRIED or attempt == self.attempts:
                    raise _error(answer) from None
                asked = answer.headers.get("Retry-After", "")
                time.sleep(min(float(asked) if asked.isdigit() else pause, 30))
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if attempt == self.attempts:
                    raise
                time.sleep(pause)
            pause = min(2 * pause, 30)

    def _json(self, *args, **kwargs):
        with self.call(*args, **kwargs) as answer:
            return json.load(answer)

    def collections(self):
        return self._json("/api/v2/collections")["collections"]

    def collection(self, name=None):
        """The name itself, or that of the only collection."""
        if name is not None:
            return name
        names = self.collections()
        if len(names) != 1:
            raise ValueError(f"the server has several collections; name one of {', '.join(names)}")
        return names[0]

    def fetch(self, request, collection=None, on_progress=None):
        """Submits a request, waits for it and returns the bytes of its answer. An interrupted wait revokes the request."""
        name = self.collection(collection)
        headers = {"Prefer": "respond-async", "Idempotency-Key": str(uuid.uuid4())}
        try:
            accepted = self._json(f"/api/v2/{name}/requests", body=request, headers=headers)
        except PolyfstError as error:
            if error.status == 404 and error.code == "unknown":
                return self._fetch_v1(request, name, on_progress)
            raise
        path = f"/api/v2/requests/{accepted['id']}"
        pause = 0.05
        try:
            while True:
                status = self._json(f"{path}/status")
                if on_progress is not None:
                    on_progress(status)
                if status.get("state") not in ("queued", "processing"):
                    break
                time.sleep(pause)
                pause = min(1.5 * pause, 2)
        except KeyboardInterrupt:
            self.call(path, method="DELETE").close()
            raise
        with self.call(path) as answer:
            return answer.read()

    def _fetch_v1(self, request, name, on_progress):
        answer = self.call(f"/api/v1/requests/{name}", body={"verb": "retrieve", "request": request})
        location = answer.headers["Location"]
        while answer.status == 202:
            body = json.load(answer)
            if on_progress is not None:
                on_progress(body)
            time.sleep(0.1)
            answer = self.call(location)
        with answer:
            return answer.read()


def retrieve(url, request, collection=None, key=None, email=None, on_progress=None):
    """CoverageJSON of a request as a dict; bytes where the request asks for another format."""
    answer = Client(url, key, email).fetch(request, collection, on_progress)
    wanted = str(request.get("format", "covjson"))
    return json.loads(answer) if wanted.startswith("covjson") else answer
