"""Decodes CoverageJSON documents with the peers and compares values and coordinates with the documents themselves."""
import json
import math
import os
import sys

import numpy as np

settings = json.loads(os.environ["POLYFST_DOCUMENTS"])
failed = 0


def check(name, work):
    global failed
    try:
        work()
        print(f"ok {name}")
    except Exception as error:
        failed += 1
        print(f"not ok {name}: {type(error).__name__}: {error}")


def tuples(document):
    """(lat, lon) of every value of the first coverage, and the values of its first parameter."""
    coverage = document["coverages"][0]
    axes = coverage["domain"]["axes"]
    name, values = next((n, r["values"]) for n, r in coverage["ranges"].items())
    if "composite" in axes:
        names = axes["composite"]["coordinates"]
        at = [names.index("latitude"), names.index("longitude")]
        return name, [(t[at[0]], t[at[1]]) for t in axes["composite"]["values"]], values
    lat, lon = axes["latitude"]["values"][0], axes["longitude"]["values"][0]
    return name, [(lat, lon)] * len(values), values


def datasets(decoded):
    return list(decoded) if isinstance(decoded, (list, tuple)) else [decoded]


def hold(document, decoded, sizes):
    """The decoded dataset has the coordinates and the values of the document."""
    dataset = datasets(decoded)[0]
    for dimension, size in sizes.items():
        assert dataset.sizes.get(dimension) == size, f"{dimension}: {dict(dataset.sizes)}"
    name, points, values = tuples(document)
    variable = dataset["T" if "T" in dataset and name == "t" else name]
    found = np.asarray(variable.values, dtype="float64").ravel()
    expected = [v for v in values if v is not None]
    assert len(found) >= len(expected), f"{len(found)} values decoded, {len(expected)} sent"
    assert set(np.float32(expected)) <= set(np.float32(found)), "values differ"
    lat = np.asarray(dataset["latitude"].values, dtype="float64").ravel()
    lon = np.asarray(dataset["longitude"].values, dtype="float64").ravel()
    assert {p[0] for p in points} <= set(lat), "latitudes differ"
    assert {p[1] for p in points} <= set(lon), "longitudes differ"
    assert max(abs(lat)) <= 90 and min(lon) < -60, "latitude and longitude are swapped"


def covjsonkit(document, sizes):
    from covjsonkit.api import Covjsonkit

    hold(document, Covjsonkit({"param_db": "ecmwf"}).decode(document).to_xarray(), sizes)


def earthkit(file, document, sizes):
    import earthkit.data as ekd

    hold(document, ekd.from_source("file", file).to_xarray(), sizes)


def pydantic(text):
    from covjson_pydantic.coverage import CoverageCollection

    collection = CoverageCollection.model_validate_json(text)
    assert len(collection.coverages) > 0
    for coverage in collection.coverages:
        for array in coverage.ranges.values():
            assert math.prod(array.shape) == len(array.values)


def schema_of(path):
    import jsonschema

    validator = jsonschema.Draft202012Validator(json.load(open(path)))

    def validate(document):
        errors = [e.message[:200] for e in validator.iter_errors(document)]
        assert not errors, errors[0]

    return validate


validate = schema_of(settings["schema"]) if settings["schema"] else None
for entry in settings["documents"]:
    text = open(entry["file"]).read()
    document = json.loads(text)
    label = f"{entry['name']} {entry['format']}"
    if entry["format"] == "covjson":
        check(f"{label} covjsonkit", lambda: covjsonkit(document, entry["sizes"]))
        check(f"{label} earthkit-data", lambda: earthkit(entry["file"], document, entry["sizes"]))
    else:
        check(f"{label} covjson-pydantic", lambda: pydantic(text))
    if validate:
        check(f"{label} schema", lambda: validate(document))
sys.exit(1 if failed else 0)
