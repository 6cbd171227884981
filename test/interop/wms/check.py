"""OWSLib's WMS clients of both versions and its OGC API Maps client against a running service.

Usage: check.py URL LAYER COLLECTION. Prints one line for each check; exit code 1 when one fails.
"""

import io
import json
import sys

from owslib.ogcapi.maps import Maps
from owslib.util import ServiceException
from owslib.wms import WebMapService
from PIL import Image

url, layer, collection = sys.argv[1:4]
BOX = (-80.0, 40.0, -60.0, 50.0)  # left, bottom, right, top
SIZE = (200, 100)
failed = []


def check(name, good, detail=""):
    print("ok" if good else "not ok", name, detail)
    if not good:
        failed.append(name)


def picture(answer):
    return Image.open(io.BytesIO(answer.read())).convert("RGBA")


def value_at(client, version, srs, xy):
    keys = {"info_format": "application/json", "query_layers": [layer], "xy": xy}
    answer = client.getfeatureinfo(layers=[layer], srs=srs, bbox=BOX, size=SIZE, format="image/png", **keys)
    return json.loads(answer.read())["features"][0]["properties"]


for version in ("1.3.0", "1.1.1"):
    client = WebMapService(f"{url}/wms", version=version)
    check(f"{version} lists the layer", layer in client.contents, str(list(client.contents))[:80])
    meta = client[layer]
    check(f"{version} box", tuple(meta.boundingBoxWGS84) == BOX, str(meta.boundingBoxWGS84))
    check(f"{version} styles", "fill" in meta.styles and meta.styles["fill"]["legend"].startswith(url))
    check(f"{version} operations", {o.name for o in client.operations} >= {"GetCapabilities", "GetMap", "GetFeatureInfo"})
    if version == "1.3.0":
        check("time dimension", len(meta.timepositions) >= 1, str(meta.timepositions)[:80])
        names = set(meta.dimensions)
        check("run dimension", "reference_time" in names, str(names))
    systems = ["EPSG:4326"] if version == "1.1.1" else ["EPSG:4326", "CRS:84"]
    pictures = []
    for srs in systems:
        answer = client.getmap(layers=[layer], srs=srs, bbox=BOX, size=SIZE, format="image/png", transparent=True)
        image = picture(answer)
        check(f"{version} {srs} map", image.size == SIZE and image.getpixel((100, 50))[3] == 255)
        pictures.append(image.tobytes())
        found = value_at(client, version, srs, (100, 50))
        near = abs(found["latitude"] - 45) <= 0.5 and abs(found["longitude"] + 70) <= 0.5
        check(f"{version} {srs} value", near and found["value"] is not None, json.dumps(found))
    check(f"{version} one picture for both orders of axes", len(set(pictures)) == 1)
    try:
        client.getmap(layers=["no/such"], srs="EPSG:4326", bbox=BOX, size=SIZE, format="image/png")
        check(f"{version} refusal", False)
    except ServiceException as error:
        check(f"{version} refusal", "no/such" in str(error), str(error)[:80])

newer = WebMapService(f"{url}/wms", version="1.3.0")
times = newer[layer].timepositions
runs = newer[layer].dimensions["reference_time"]["values"]
answer = newer.getmap(
    layers=[layer], srs="CRS:84", bbox=BOX, size=SIZE, format="image/png", time=times[0].split("/")[0],
    dimensions={"reference_time": runs[0]},
)
check("time and run as listed", picture(answer).size == SIZE)

maps = Maps(f"{url}/edr/")
data = maps.map(collection, bbox=list(BOX), width=200, height=100, transparent=True)
check("OGC API Maps", Image.open(data).size == SIZE)

sys.exit(1 if failed else 0)
