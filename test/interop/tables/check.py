"""Reads tables with polars, pyarrow and geopandas and holds them against each other and against CoverageJSON.

Settings come as JSON in POLYFST_CHECK: {"arrow", "parquet", "csv", "rows"} of a metadata table, and {"points": {"covjson", "csv",
"arrow", "parquet", "geojson"}} of an answer. Prints "ok NAME" or "not ok NAME: why" a check, and exits 1 when one failed.
"""
import json
import os
import sys

import geopandas
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pyarrow as pa

SETTINGS = json.loads(os.environ["POLYFST_CHECK"])
FAILED = []


def check(name, ok, why=""):
    print("ok" if ok else "not ok", name + ("" if ok else f": {why}"))
    if not ok:
        FAILED.append(name)


def plain(frame):
    """Dictionaries as texts: which texts share a number is no part of the content."""
    return frame.with_columns([pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if dtype == pl.Categorical])


def metadata_table():
    arrow, parquet = plain(pl.read_ipc(SETTINGS["arrow"])), plain(pl.read_parquet(SETTINGS["parquet"]))
    common = [name for name in arrow.columns if name in parquet.columns]
    check("same columns", arrow.columns == parquet.columns, f"{arrow.columns} {parquet.columns}")
    for name in common:
        one, other = arrow[name], parquet[name].cast(arrow[name].dtype)
        check(f"column {name}", one.equals(other, null_equal=True))
    check("rows", len(arrow) == SETTINGS["rows"], len(arrow))
    check("utc", str(parquet.schema["date_of_validity"]) == "Datetime(time_unit='ms', time_zone='UTC')", parquet.schema)
    check("utc in arrow", str(arrow.schema["date_of_validity"]) == "Datetime(time_unit='ms', time_zone='UTC')")
    scan = plain(pl.scan_parquet(SETTINGS["parquet"]).filter((pl.col("nomvar").cast(pl.String) == "TT") & (pl.col("ip_level") == 500)).collect())
    check("filter", len(scan) == SETTINGS["tt500"], len(scan))
    check("pyarrow", pq.read_table(SETTINGS["parquet"]).num_rows == SETTINGS["rows"])
    csv = pl.read_csv(SETTINGS["csv"], infer_schema_length=None)
    check("csv", len(csv) == SETTINGS["rows"] and (csv["nomvar"].str.strip_chars() == arrow["nomvar"]).all())


def covjson_values(path):
    """Values by (param, latitude, longitude, level, time) of the profile that the ECMWF tools read."""
    document = json.load(open(path))
    out = {}
    for coverage in document["coverages"]:
        axes = {name: axis["values"] for name, axis in coverage["domain"]["axes"].items()}
        for param, part in coverage["ranges"].items():
            values = part["values"]
            if "composite" in axes:
                when = coverage["mars:metadata"]
                for place, value in zip(axes["composite"], values):
                    out.setdefault((param, round(place[0], 9), round(place[1], 9), float(place[2])), []).append(value)
            else:
                lat, lon, level = axes["latitude"][0], axes["longitude"][0], float(axes["levelist"][0])
                out.setdefault((param, round(lat, 9), round(lon, 9), level), []).extend(values)
    return out


def same(name, frame, wanted):
    seen = 0
    for (param, lat, lon, level), part in frame.group_by(["param", "latitude", "longitude", "level"]):
        key = (param, round(lat, 9), round(lon, 9), float(level))
        if key not in wanted:
            key = (param, round(lat, 9), round(lon % 360, 9), float(level))
        values = part.sort("time")["value"].to_list()
        want = [None if value is None else float(np.float32(value)) for value in wanted.get(key, [])]
        got = [None if value is None else float(np.float32(value)) for value in values]
        if got != want:
            check(f"{name} {key}", False, f"{got[:3]} {want[:3]}")
        seen += len(got)
    check(name + " values", seen == sum(map(len, wanted.values())), f"{seen} of {sum(map(len, wanted.values()))}")


def points(case):
    wanted = covjson_values(case["covjson"])
    parquet = plain(pl.read_parquet(case["parquet"]))
    with pa.ipc.open_stream(case["arrow"]) if case.get("stream") else pa.ipc.open_file(case["arrow"]) as file:
        arrow = plain(pl.from_arrow(file.read_all()))
    csv = pl.read_csv(case["csv"], infer_schema_length=None, try_parse_dates=True, schema_overrides={"level": pl.Float64})
    for name, frame in (("parquet", parquet), ("arrow", arrow), ("csv", csv)):
        same(name, frame, wanted)
    check("no NaN", not parquet["value"].is_nan().any() and not arrow["value"].is_nan().any())
    nulls = sum(value is None for values in wanted.values() for value in values)
    check("nulls", parquet["value"].null_count() == nulls == arrow["value"].null_count() == csv["value"].null_count())
    frame = geopandas.read_parquet(case["parquet"])
    check("geopandas", len(frame) == len(parquet) and frame.geometry.geom_type.eq("Point").all())
    check("geopandas places", np.allclose(frame.geometry.x, parquet["longitude"]) and np.allclose(frame.geometry.y, parquet["latitude"]))
    check("geopandas crs", frame.crs is not None and frame.crs.is_geographic, frame.crs)
    check("pyarrow points", pq.read_table(case["parquet"]).num_rows == len(parquet))
    features = geopandas.read_file(case["geojson"])
    places = {(key[1], key[2]) for key in wanted}
    check("geojson features", len(features) == len(places), f"{len(features)} of {len(places)}")
    document = json.load(open(case["geojson"]))
    lists = {}
    for feature in document["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        for series in feature["properties"]["series"]:
            lists[(series["param"], round(lat, 6), round(lon, 6), series["level"])] = series["values"]
    rounded = {(key[0], round(key[1], 6), round((key[2] + 180) % 360 - 180, 6), key[3]): value for key, value in wanted.items()}
    off = [key for key, value in lists.items() if [None if v is None else float(np.float32(v)) for v in value]
           != [None if v is None else float(np.float32(v)) for v in rounded.get(key, [])]]
    check("geojson values", not off and len(lists) == len(rounded), off[:3])


metadata_table()
for one in SETTINGS["points"]:
    points(one)
print(json.dumps({"failed": len(FAILED)}))
sys.exit(1 if FAILED else 0)
