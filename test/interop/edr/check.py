"""OWSLib's EDR and Coverages clients, covjson-pydantic and the CoverageJSON schema against a running service.

check.py URL COLLECTION PARAMETER LON LAT [SCHEMA.json]: prints a line `ok NAME` a check, and the values of the position
query as the last line, one JSON object.
"""
import json
import sys
import tempfile
import urllib.request
import zipfile

import numpy as np
import xarray as xr
from covjson_pydantic.coverage import Coverage, CoverageCollection
from openapi_spec_validator import validate
from owslib.ogcapi.coverages import Coverages
from owslib.ogcapi.edr import EnvironmentalDataRetrieval
from zarr.storage import ZipStore

url, name, parameter, lon, lat = sys.argv[1:6]
schema_path = sys.argv[6] if len(sys.argv) > 6 else None
edr = EnvironmentalDataRetrieval(f"{url}/edr")


def check_text(label, document):
    """Checks a document that readers of CoverageJSON accept."""
    if isinstance(document, bytes):
        document = json.loads(document)
    model = Coverage if document["type"] == "Coverage" else CoverageCollection
    model.model_validate_json(json.dumps(document))
    if schema_path:
        import jsonschema

        with open(schema_path, encoding="utf-8") as handle:
            jsonschema.Draft202012Validator(json.load(handle)).validate(document)
    print("ok", label)
    return document


assert "conformsTo" in edr.conformance()
print("ok conformance")
assert edr.api()["openapi"].startswith("3.0.")
print("ok api")
for address in ("/edr/api", "/openapi.json", "/openapi-3.1.json"):
    with urllib.request.urlopen(f"{url}{address}") as answer:
        validate(json.load(answer))
    print("ok definition", address)
assert edr.links
names = [one["id"] for one in edr.collections()["collections"]]
assert name in names, names
print("ok collections")
collection = edr.collection(name)
assert parameter in collection["parameter_names"]
print("ok collection")
assert set(edr.data()) >= {name}
print("ok data")
assert {"position", "area", "cube", "trajectory", "corridor"} <= set(collection["data_queries"])
print("ok query types")

interval = collection["extent"]["temporal"]["interval"][0]
start = interval[0]
west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
box = [float(lon) - 1, float(lat) - 1, float(lon) + 1, float(lat) + 1]
levels = {"z": collection["extent"]["vertical"]["values"][0]} if "vertical" in collection["extent"] else {}

position = check_text(
    "position",
    edr.query_data(name, "position", coords=f"POINT({lon} {lat})", parameter_names=[parameter], **levels),
)
polygon = f"POLYGON(({box[0]} {box[1]},{box[2]} {box[1]},{box[2]} {box[3]},{box[0]} {box[3]},{box[0]} {box[1]}))"
check_text(
    "area",
    edr.query_data(name, "area", coords=polygon, parameter_names=[parameter], datetime_=start, **levels),
)
check_text(
    "cube",
    edr.query_data(name, "cube", bbox=box, parameter_names=[parameter], datetime_=start, **levels),
)
check_text(
    "trajectory",
    edr.query_data(
        name,
        "trajectory",
        coords=f"LINESTRING({box[0]} {box[1]},{box[2]} {box[3]})",
        parameter_names=[parameter],
        datetime_=start,
        **levels,
    ),
)
heights = {"corridor_height": "100", "height_units": collection["height_units"][0]} if levels else {}
check_text(
    "corridor",
    edr.query_data(
        name,
        "corridor",
        coords=f"LINESTRING({box[0]} {box[1]},{box[2]} {box[3]})",
        corridor_width="100",
        width_units="km",
        parameter_names=[parameter],
        datetime_=start,
        **levels,
        **heights,
    ),
)
run = edr.query_data(name, "instances")["instances"][0]["id"]
check_text(
    "instance",
    edr.query_data(
        name, f"instances/{run}/position", coords=f"POINT({lon} {lat})", parameter_names=[parameter], **levels
    ),
)
places = edr.query_data(name, "locations")
place = places["features"][0]["id"]
check_text("location", edr.query_data(name, f"locations/{place}", parameter_names=[parameter], **levels))

coverages = Coverages(f"{url}/edr")
assert name in coverages.coverages()
subset = {"Lat": (box[1], box[3]), "Lon": (box[0], box[2])}
raw = coverages.coverage(name, properties=[parameter], subset=subset, datetime=start)
grid = check_text("coverage", raw.read())
scaled = coverages.coverage(name, properties=[parameter], datetime=start, scale_size={"Lon": 4, "Lat": 3})
shape = json.loads(scaled.read())["ranges"][parameter]["shape"]
assert shape[-2:] == [3, 4], shape
print("ok scaled coverage")

address = f"{url}/edr/collections/{name}/position?coords=POINT({lon}%20{lat})&parameter-name={parameter}&f=NetCDF"
address += "".join(f"&{key}={value}" for key, value in levels.items())
with tempfile.NamedTemporaryFile(suffix=".nc") as file, urllib.request.urlopen(address) as answer:
    file.write(answer.read())
    file.flush()
    with xr.open_dataset(file.name) as dataset:
        variable = next(iter(dataset.data_vars.values()))
        one = position if position["type"] == "Coverage" else position["coverages"][0]
        expected = np.array(one["ranges"][parameter]["values"], dtype=np.float32)
        assert np.array_equal(variable.values, expected, equal_nan=True)
        assert [str(time)[:19] + "Z" for time in dataset.time.values] == one["domain"]["axes"]["t"]["values"]
print("ok netcdf")

part = f"{url}/edr/collections/{name}/coverage?properties={parameter}&datetime={start}&bbox={','.join(map(str, box))}"
with urllib.request.urlopen(f"{part}&f=zarr") as answer, tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/answer.zarr.zip"
    with open(path, "wb") as file:
        file.write(answer.read())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    dataset = xr.open_zarr(ZipStore(path, mode="r"), consolidated=True)
    with urllib.request.urlopen(f"{part}&f=CoverageJSON") as other:
        document = json.load(other)
    one = document if document["type"] == "Coverage" else document["coverages"][0]
    variable = next(item for key, item in dataset.data_vars.items() if key.strip("v_") == parameter.strip("v_"))
    expected = np.array(one["ranges"][parameter]["values"], dtype=np.float32)
    assert np.array_equal(variable.values.ravel(), expected, equal_nan=True)
print("ok zarr")

first = position if position["type"] == "Coverage" else position["coverages"][0]
print(
    json.dumps(
        {
            "times": first["domain"]["axes"]["t"]["values"],
            "values": first["ranges"][parameter]["values"],
            "x": first["domain"]["axes"]["x"]["values"][0],
            "y": first["domain"]["axes"]["y"]["values"][0],
        }
    )
)
