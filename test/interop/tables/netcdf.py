"""Reads answers in NetCDF with xarray and holds them against the same answers in CoverageJSON: the same float32 everywhere.

Settings come as JSON in POLYFST_CHECK: {"answers": [{"covjson", "nc"}]}.
"""
import json
import os
import sys

import numpy as np
import xarray as xr

failed = 0
for answer in json.loads(os.environ["POLYFST_CHECK"])["answers"]:
    dataset = xr.open_dataset(answer["nc"], decode_coords="all")
    document = json.load(open(answer["covjson"]))
    compared = 0
    for coverage in document["coverages"]:
        axes = {name: axis["values"] for name, axis in coverage["domain"]["axes"].items()}
        for param, part in coverage["ranges"].items():
            field = dataset[param]
            if "composite" in axes:
                places = [(lat, lon, level, None) for lat, lon, level in axes["composite"]]
            else:
                places = [(axes["latitude"][0], axes["longitude"][0], axes["levelist"][0], when) for when in axes["t"]]
            for (lat, lon, level, when), value in zip(places, part["values"]):
                near = (np.abs(dataset.lat - lat) < 1e-9) & (np.abs((dataset.lon - lon + 180) % 360 - 180) < 1e-9)
                one = field.isel(station=int(np.flatnonzero(near.values)[0]))
                if "pres" in one.dims:
                    one = one.sel(pres=float(level))
                one = one.isel(time=0) if when is None else one.sel(time=np.datetime64(when.rstrip("Z")))
                got = float(one.values)
                compared += 1
                if (value is None) != np.isnan(got) or (value is not None and np.float32(value) != np.float32(got)):
                    print("not ok", answer["nc"], param, lat, lon, level, when, got, value)
                    failed += 1
    print("ok" if compared else "not ok", os.path.basename(answer["nc"]), compared, "values")
    failed += compared == 0
sys.exit(1 if failed else 0)
