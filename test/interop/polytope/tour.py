"""The real polytope-client against a running server, check by check.

Settings: a JSON object in POLYFST_TOUR (or in the file that it names with a leading @); see Tour in support.py. Without it,
POLYFST_URL and the demo collection are used. Exit code 1 when a check failed.
"""

import json
import os
import sys
import threading
import time

import requests
import yaml
from support import Skip, Tour, prefix_proxy, read, refused, run

DEMO = {
    "collection": "demo",
    "request": {
        "class": "rd",
        "stream": "oper",
        "type": "fc",
        "expver": "0001",
        "domain": "g",
        "date": "20250115",
        "time": "0000",
        "levtype": "sfc",
        "param": "2t",
        "step": "0/to/24",
        "feature": {"type": "timeseries", "points": [[45.5, -73.5]]},
    },
    "bad": {"change": {"param": "zzz"}, "words": ["param", "zzz"]},
}


def settings():
    text = os.environ.get("POLYFST_TOUR")
    if text is None:
        return {**DEMO, "url": os.environ.get("POLYFST_URL", "http://127.0.0.1:8080")}
    if text.startswith("@"):
        text = read(text[1:]).decode()
    return {**DEMO, **json.loads(text)}


def ping(tour):
    tour.client().ping()


def collections(tour):
    assert tour.collection in tour.client().list_collections()


def describe_user(tour):
    tour.client().describe_user()
    user = tour.get("/api/v1/user").json()
    assert all(isinstance(value, str) for value in user.values()), user


def retrieve_dict(tour):
    _, expected = tour.data(tour.request())
    tour.client().retrieve(tour.collection, tour.request(), tour.file("a.covjson"))
    assert read(tour.file("a.covjson")) == expected
    json.loads(expected)


def retrieve_yaml(tour):
    _, expected = tour.data(tour.request())
    text = yaml.dump(tour.request())
    tour.client().retrieve(tour.collection, text, tour.file("b.covjson"))
    with open(tour.file("request.yaml"), "w") as file:
        file.write(text)
    tour.client().retrieve(tour.collection, tour.file("request.yaml"), tour.file("c.covjson"), inline_request=False)
    assert read(tour.file("b.covjson")) == read(tour.file("c.covjson")) == expected


def default_name(tour):
    before = set(os.listdir("."))
    tour.client().retrieve(tour.collection, tour.request())
    (made,) = set(os.listdir(".")) - before
    assert len(made) == 26 + len(".covjson") and made.endswith(".covjson"), made


def pointer(tour):
    (found,) = tour.client().retrieve(tour.collection, tour.request(), pointer=True)
    data = requests.get(found["location"], timeout=60)
    assert data.status_code == 200
    assert int(found["contentLength"]) == len(data.content)
    assert found["contentType"] == "application/prs.coverage+json"


def asynchronous(tour):
    client = tour.client()
    request = tour.settings.get("slow") or tour.request()
    (result,) = client.retrieve(tour.collection, request, tour.file("d.covjson"), asynchronous=True)
    name = result.request_url.rsplit("/", 1)[1]
    assert client.describe_request(name)["id"] == result.describe()["id"] == name
    result.download()
    assert json.loads(read(tour.file("d.covjson")))["type"] in ("CoverageCollection", "Coverage")
    assert client.describe_request(name)["status"] == "processed"


def list_requests(tour):
    client = tour.client()
    address = tour.submit(tour.request())
    tour.finish(address)
    name = address.rsplit("/", 1)[1]
    assert name in client.list_requests()
    assert name in client.list_requests(tour.collection)


def revoke(tour):
    client = tour.client()
    one = tour.submit(tour.request()).rsplit("/", 1)[1]
    client.revoke(one)
    assert tour.get("/api/v1/requests/" + one).status_code == 410
    client.revoke("0" * 26)
    tour.submit(tour.request())
    client.revoke("all")
    assert client.list_requests() == []


def several(tour):
    _, expected = tour.data(tour.request())
    tour.client().retrieve(tour.collection, [tour.request(), tour.request()], tour.file("e.covjson"))
    assert read(tour.file("e.covjson")) == expected * 2


def bad_request(tour):
    bad = tour.need("bad")
    request = {**tour.request(), **bad["change"]}
    refused(lambda: tour.client().retrieve(tour.collection, request, tour.file("f")), *bad["words"])


def forbidden_and_unknown(tour):
    client = tour.client()
    refused(lambda: client.retrieve("no-such-collection", tour.request(), tour.file("f")), "collection")
    refused(lambda: client.download("0" * 26, tour.file("f")), "not found")
    if "forbidden" in tour.settings:
        other = tour.client(user_key=tour.key("bob"))
        refused(lambda: other.retrieve(tour.settings["forbidden"], tour.request(), tour.file("f")), "role")


def unauthorized(tour):
    keys = tour.need("keys")
    for key in ["wrong", keys.get("old", "wrong-too")]:
        client = tour.client(user_key=key)
        refused(client.list_requests, "Credentials are missing or not accepted")
        assert tour.get("/api/v1/requests", headers={"Authorization": "Bearer " + key}).status_code == 401


def failed_job(tour):
    request = tour.need("fail")
    text = tour.settings["fail_words"]
    refused(lambda: tour.client().retrieve(tour.collection, request, tour.file("g")), *text)


def octets(tour):
    request = tour.need("bytes")
    _, expected = tour.data(request)
    (found,) = [tour.client().retrieve(tour.collection, request)]
    found = found[0] if isinstance(found, list) else found
    assert bytes(found) == expected
    tour.client().retrieve(tour.collection, request, tour.file("h.nc"))
    assert read(tour.file("h.nc")) == expected


def grib(tour):
    request = tour.need("grib")
    address, expected = tour.data(request)
    assert tour.get(address, headers={}).headers["Content-Type"] == "application/x-grib"
    tour.client().retrieve(tour.collection, request, tour.file("i.grib"))
    assert read(tour.file("i.grib")) == expected


def credentials(tour):
    keys = tour.need("keys")
    forms = [
        {"user_key": keys["alice"]},
        {"user_key": keys["alice"], "user_email": tour.settings["email"]},
        {"username": tour.settings["user"], "password": keys["alice"]},
        {"user_key": keys["alice"], "username": "somebody", "password": "else"},
    ]
    for form in forms:
        assert tour.collection in tour.client(**form).list_collections(), form


def others(tour):
    tour.need("keys")
    address = tour.submit(tour.request())
    name = address.rsplit("/", 1)[1]
    tour.finish(address)
    other = tour.client(user_key=tour.key("bob"))
    refused(lambda: other.download(name, tour.file("j")), "not found")
    other.revoke(name)
    other.revoke("all")
    assert name not in other.list_requests()
    assert tour.get(address, allow_redirects=False).status_code == 303


def prefixed(tour):
    if not tour.settings.get("trusts_proxy"):
        raise Skip("the server does not believe proxies")
    with prefix_proxy(tour.url, "/some/prefix") as address:
        client = tour.client(address=address)
        client.retrieve(tour.collection, tour.request(), tour.file("k.covjson"))
        _, expected = tour.data(tour.request())
        assert read(tour.file("k.covjson")) == expected


def many_polls(tour):
    address = tour.submit(tour.settings.get("slow") or tour.request())
    statuses = []

    def poll():
        statuses.append(tour.get(address, allow_redirects=False).status_code)

    threads = []
    for _ in range(90):
        threads.append(threading.Thread(target=poll))
        threads[-1].start()
        time.sleep(1 / 30)
    for thread in threads:
        thread.join()
    assert set(statuses) <= {202, 303}, set(statuses)
    assert tour.get("/api/v1/test").status_code == 200


def unquoted(tour):
    _, expected = tour.data(tour.request())
    lines = []
    for name, value in tour.request().items():
        lines.append("%s: %s" % (name, json.dumps(value) if name == "feature" else value))
    assert "time: 0000" in lines, "the request needs time 0000"
    text = "\n".join(lines) + "\n"
    tour.client().retrieve(tour.collection, text, tour.file("l.covjson"))
    assert read(tour.file("l.covjson")) == expected


def twice(tour):
    client = tour.client()
    address = tour.submit(tour.request())
    tour.finish(address)
    name = address.rsplit("/", 1)[1]
    for file in ("m.covjson", "n.covjson"):
        client.download(name, tour.file(file))
    assert read(tour.file("m.covjson")) == read(tour.file("n.covjson"))


def keep_alive(tour):
    address = tour.submit(tour.request())
    with requests.Session() as session:
        for _ in range(10):
            reply = session.get(address, headers=tour.headers(), allow_redirects=False, timeout=60)
            assert reply.headers.get("Connection", "keep-alive").lower() == "keep-alive"
        pools = session.get_adapter(address).poolmanager.pools
        counts = [pools[key].num_connections for key in pools.keys()]
        assert counts == [1], counts


def v2_blocks(tour):
    _, expected = tour.data(tour.request())
    url = "%s/api/v2/%s/requests" % (tour.url, tour.collection)
    reply = requests.post(url, json=tour.request(), headers=tour.headers(), timeout=120)
    assert reply.status_code == 200, reply.text
    assert reply.content == expected
    slow = tour.settings.get("slow")
    if slow:
        reply = requests.post(url, json=slow, headers=tour.headers(), timeout=120)
        assert reply.status_code == 200, reply.text


def resume(tour):
    address, expected = tour.data(tour.request())
    half = len(expected) // 2
    first = requests.get(address, headers={"Range": "bytes=0-%d" % (half - 1)}, timeout=60)
    etag = first.headers["ETag"]
    rest = requests.get(address, headers={"Range": "bytes=%d-" % half, "If-Range": etag}, timeout=60)
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == expected
    assert requests.head(address, timeout=60).headers["Content-Length"] == str(len(expected))


def earthkit(tour):
    import earthkit.data

    os.environ["POLYTOPE_USER_KEY"] = tour.key()
    for stream in (False, True):
        source = earthkit.data.from_source(
            "polytope", tour.collection, tour.request(), address=tour.url, insecure=True, stream=stream, quiet=True
        )
        if not stream:
            found = source.to_xarray()
            assert tour.settings["request"]["param"] in found, found


def covjsonkit(tour):
    from covjsonkit.api import Covjsonkit

    _, data = tour.data(tour.request())
    found = Covjsonkit().decode(json.loads(data)).to_xarray()
    found = found[0] if isinstance(found, list) else found
    assert tour.settings["request"]["param"] in found, found


CHECKS = [
    ("ping", ping),
    ("list collections", collections),
    ("describe user", describe_user),
    ("retrieve a dict: the file equals the server's bytes", retrieve_dict),
    ("retrieve YAML text and a request file", retrieve_yaml),
    ("retrieve without a file name", default_name),
    ("pointer", pointer),
    ("submit, describe, download, describe", asynchronous),
    ("list requests", list_requests),
    ("revoke one, unknown, all", revoke),
    ("two requests in one call", several),
    ("a bad request is told at once", bad_request),
    ("unknown collection, unknown id, missing role", forbidden_and_unknown),
    ("wrong and old keys", unauthorized),
    ("a failed job is told within seconds", failed_job),
    ("octets", octets),
    ("grib", grib),
    ("every form of credentials", credentials),
    ("another user's request", others),
    ("an address with a path", prefixed),
    ("thirty polls a second", many_polls),
    ("unquoted time and expver", unquoted),
    ("download twice", twice),
    ("polls keep their connection", keep_alive),
    ("v2 blocks and returns the data", v2_blocks),
    ("resume by Range", resume),
    ("earthkit-data", earthkit),
    ("covjsonkit", covjsonkit),
]

if __name__ == "__main__":
    sys.exit(1 if run(Tour(settings()), CHECKS) else 0)
