"""xarray with zarr 3 on a virtual store: both versions, eager and as dask arrays, and through a kerchunk reference file.

check.py STORE ARRAY: STORE is the address of a store with its slash. Prints a line `ok NAME` a check, and as the last line one
JSON object: times, levels, and at some points the latitude, the longitude and the values of every time and level.
"""
import json
import pathlib
import sys
import tempfile
import urllib.request
import warnings

import numpy as np
import xarray as xr
import zarr

store, name = sys.argv[1:3]
warnings.filterwarnings("ignore", message="Both zarr.json")
EARLIER = xr.coders.CFDatetimeCoder(time_unit="s")


def opened(address, **options):
    return xr.open_zarr(address, decode_coords="all", decode_times=EARLIER, **options)


def same(one, other):
    """The same arrays with the same values, coordinates included. Version 3 has no stable type for the labels of members."""
    assert set(one.variables) | {"etiket"} == set(other.variables) | {"etiket"}, set(one.variables) ^ set(other.variables)
    for key in one.variables:
        assert one[key].dims == other[key].dims, key
        left, right = one[key].values, other[key].values
        if left.dtype.kind == "O" or left.dtype.kind in "US":
            assert [str(text) for text in left.ravel()] == [str(text) for text in right.ravel()], key
        else:
            np.testing.assert_array_equal(left, right, err_msg=key)


assert zarr.open_group(f"{store}v2", mode="r").metadata.zarr_format == 2
assert zarr.open_group(f"{store}v3", mode="r").metadata.zarr_format == 3
whole = opened(f"{store}v3/")
newer = whole[[name]].load()
print("ok version 3")
older = opened(f"{store}v2/")
assert {key: one.shape for key, one in whole.data_vars.items()} == {key: one.shape for key, one in older.data_vars.items()}
same(newer, older[[name]].load())
print("ok version 2")
same(newer, opened(store, consolidated=True)[[name]].load())
print("ok both under one address")

for version in ("v2", "v3"):
    lazy = opened(f"{store}{version}/", chunks={})
    field = lazy[name]
    assert type(field.data).__module__.startswith("dask."), type(field.data)
    # a record a chunk
    assert field.data.chunksize == (1,) * (field.ndim - 2) + field.shape[-2:], field.data.chunksize
    np.testing.assert_array_equal(field.compute().values, newer[name].values)
    mean = float(field.mean().compute())
    assert np.isclose(mean, float(newer[name].mean()), rtol=1e-4), mean
    print("ok dask", version)

with tempfile.TemporaryDirectory() as folder, urllib.request.urlopen(f"{store}refs.json") as answer:
    path = pathlib.Path(folder, "refs.json")
    path.write_bytes(answer.read())
    with xr.open_dataset(str(path), engine="kerchunk", decode_coords="all", decode_times=EARLIER) as found:
        assert set(found.data_vars) == set(whole.data_vars)
        np.testing.assert_array_equal(found[name].values, newer[name].values)
print("ok kerchunk")

field = newer[name]
assert field.attrs["units"] and field.attrs["long_name"]
mapping = field.attrs.get("grid_mapping") or field.encoding.get("grid_mapping")
assert mapping in newer.coords, mapping
assert newer[mapping].attrs["grid_mapping_name"]
assert {"reftime", "leadtime"} <= set(newer.coords), list(newer.coords)
hours = (newer.time - newer.reftime) / np.timedelta64(1, "h")
leads = newer.leadtime
leads = leads / np.timedelta64(1, "h") if leads.dtype.kind == "m" else leads
np.testing.assert_array_equal(hours.values, leads.values)
print("ok CF")

rows, columns = field.shape[-2:]
level = next((dim for dim in field.dims if dim in ("pres", "height", "level_hyb")), None)
values = field.transpose("time", *([level] if level else []), ...).values
lat, lon = newer["lat"], newer["lon"]
if lat.ndim == 1:
    lat, lon = xr.broadcast(lat, lon)
lat, lon = lat.transpose(*field.dims[-2:]).values, lon.transpose(*field.dims[-2:]).values
points = []
for row, column in ((0, 0), (rows // 2, columns // 2), (rows - 2, columns // 3)):
    own = values[..., row, column].reshape(values.shape[0], -1)
    points.append({
        "lat": float(lat[row, column]),
        "lon": float(lon[row, column]),
        "values": [[float(value) for value in levels] for levels in own],
    })
print(json.dumps({
    "times": [f"{str(time)[:19]}Z" for time in newer.time.values],
    "levels": [float(one) for one in newer[level].values] if level else [],
    "points": points,
}))
