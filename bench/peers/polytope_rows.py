"""polytope-python with GribJump on an FDB that holds the GRIB2 twins, and covjsonkit behind it: W1 and W3.

"polytope" is slicing and extraction; "polytope + covjsonkit" adds the CoverageJSON document and json.dumps. The data come from
a local FDB that is filled once beside the twins. W2 and W5 would be loops of single requests, and are not timed.
"""
import importlib.metadata
import json
import math
import os
import sys

from places import AREA_STEPS, STEPS, W1, NI, ask, failed, timed

ROOT = os.path.join(ask["folder"], "fdb-" + ask["data"])
SCHEMA = """
param: Param; step: Step; date: Date; levelist: Double; expver: Expver; time: Time;
[ class, expver, stream, date, time, domain [ type, levtype [ step, levelist, param ] ] ]
"""
os.makedirs(ROOT, exist_ok=True)
CONFIG = os.path.join(ROOT, "config.yaml")
with open(os.path.join(ROOT, "schema"), "w") as out:
    out.write(SCHEMA)
with open(CONFIG, "w") as out:
    out.write(f"type: local\nengine: toc\nschema: {ROOT}/schema\nspaces:\n- handler: Default\n  roots:\n  - path: {ROOT}/root\n")
os.makedirs(os.path.join(ROOT, "root"), exist_ok=True)
os.environ["FDB5_CONFIG_FILE"] = CONFIG
os.environ.setdefault("GRIBJUMP_THREADS", "2")

import eccodes
import pyfdb

KEYS = {"class": "od", "expver": "0001", "stream": "oper", "date": "20250115", "time": "0000", "type": "fc", "levtype": "pl"}


def messages():
    """The hourly fields with the keys of an archive in them."""
    for path in ask["files"]:
        with open(path, "rb") as file:
            handle = eccodes.codes_grib_new_from_file(file)
        eccodes.codes_set(handle, "setLocalDefinition", 1)
        for key in ("class", "stream", "type", "expver"):
            eccodes.codes_set(handle, key, KEYS[key])
        yield eccodes.codes_get_message(handle), eccodes.codes_get(handle, "md5GridSection")
        eccodes.codes_release(handle)


def grid_hash():
    with open(ask["files"][0], "rb") as file:
        handle = eccodes.codes_grib_new_from_file(file)
        found = eccodes.codes_get(handle, "md5GridSection")
        eccodes.codes_release(handle)
    return found


DONE = os.path.join(ROOT, "done")
if not os.path.exists(DONE):
    fdb = pyfdb.FDB()
    for message, _ in messages():
        fdb.archive(message)
    fdb.flush()
    open(DONE, "w").close()

import pygribjump
from covjsonkit.api import Covjsonkit
from polytope_feature.polytope import Polytope, Request
from polytope_feature.shapes import Box, Polygon, Select, Span

LATS, LONS = (25.0, 25 + 0.05 * 999), (230.0, 230 + 0.1 * 999)
OPTIONS = {
    "axis_config": [
        {"axis_name": "date", "transformations": [{"name": "merge", "other_axis": "time", "linkers": ["T", "00"]}]},
        {
            "axis_name": "values",
            "transformations": [
                {
                    "name": "mapper", "type": "local_regular", "resolution": [999, 999], "axes": ["latitude", "longitude"],
                    "local": [LATS[0], LATS[1], LONS[0], LONS[1]], "md5_hash": grid_hash(),
                    "axis_reversed": {"latitude": False, "longitude": False},
                }
            ],
        },
        {"axis_name": "step", "transformations": [{"name": "type_change", "type": "int"}]},
        {"axis_name": "levelist", "transformations": [{"name": "type_change", "type": "int"}]},
    ],
    "compressed_axes_config": ["longitude", "latitude", "levtype", "step", "date", "levelist", "param", "class", "expver", "stream", "type", "domain"],
    "pre_path": {"class": "od", "domain": "g", "expver": "0001", "stream": "oper", "date": "20250115", "levtype": "pl", "type": "fc"},
}
VERSION = importlib.metadata.version("polytope-python")
jump = pygribjump.GribJump()


def shapes(steps, place):
    import pandas

    return Request(
        Select("step", list(range(steps))), Select("levtype", ["pl"]), Select("date", [pandas.Timestamp("20250115T000000")]),
        Select("class", ["od"]), Select("expver", ["0001"]), Select("stream", ["oper"]), Select("type", ["fc"]), Select("domain", ["g"]),
        Select("levelist", [500]), Select("param", ["130"]), place,
    )


def retrieve(steps, place):
    return Polytope(datacube=jump, options=OPTIONS).retrieve(shapes(steps, place))


def summed(tree):
    count, total = 0, 0.0
    for leaf in tree.leaves:
        stack = list(leaf.result) if isinstance(leaf.result, (list, tuple)) else [leaf.result]
        while stack:
            value = stack.pop()
            if isinstance(value, (list, tuple)) or hasattr(value, "__len__"):
                stack.extend(value)
            elif value is not None:
                count += 1
                total += float(value)
    return count, total


def encoded(tree, kind):
    return json.dumps(Covjsonkit().encode("CoverageCollection", kind).from_polytope(tree))


def summed_text(text):
    count, total = 0, 0.0
    for coverage in json.loads(text)["coverages"]:
        for ranges in coverage["ranges"].values():
            count += len(ranges["values"])
            total += sum(ranges["values"])
    return count, total


j, i = divmod(W1, NI)
POINT = (25 + 0.05 * j, 230 + 0.1 * i)
NEAR = 0.01
place = Box(["latitude", "longitude"], [POINT[0] - NEAR, POINT[1] - NEAR], [POINT[0] + NEAR, POINT[1] + NEAR])
RING = [[25 + 0.05 * (500 + 57.5 * math.sin(k * math.pi / 6)), 230 + 0.1 * (500 + 57.5 * math.cos(k * math.pi / 6))] for k in range(12)]
ROWS = {"W1": (STEPS, place, "PointSeries"), "W3": (AREA_STEPS, Polygon(["latitude", "longitude"], RING), "Polygon")}

for row in ask["rows"]:
    if row not in ROWS:
        continue
    steps, where, kind = ROWS[row]
    try:
        answer = retrieve(steps, where)
        found = summed(answer)
        timed(row, f"polytope {VERSION}", lambda: (retrieve(steps, where), found)[1])
        text = summed_text(encoded(answer, kind))
        timed(row, f"polytope + covjsonkit {VERSION}", lambda: (encoded(retrieve(steps, where), kind), text)[1])
    except Exception as error:  # one row that cannot be had must not take the others along
        failed(f"polytope {row}", error)
sys.stdout.flush()
