"""Holds a file of `profile=fstd2nc` against what fstd2nc makes of the same run: profile.py OURS THEIRS RUN...

Names, dimensions and every value of the fields must be equal; coordinates to 1e-4 (fstd2nc computes places from a rounded pole).
Prints one JSON object.
"""
import json
import sys
import warnings

import fstd2nc
import netCDF4
import numpy

warnings.filterwarnings("ignore")
ours_path, theirs_path, *run = sys.argv[1:]
fstd2nc.stdout.streams = ("error",)
fstd2nc.Buffer(run, progress=False).to_netcdf(theirs_path, progress=False)
ours, theirs = netCDF4.Dataset(ours_path), netCDF4.Dataset(theirs_path)
ours.set_auto_maskandscale(False)
theirs.set_auto_maskandscale(False)
wrong = []
if set(ours.variables) != set(theirs.variables):
    wrong.append(f"variables {sorted(set(ours.variables) ^ set(theirs.variables))}")
fields = 0
for name in set(ours.variables) & set(theirs.variables):
    one, other = ours[name], theirs[name]
    if one.dimensions != other.dimensions or one.shape != other.shape:
        wrong.append(f"{name}: {one.dimensions} {one.shape}, not {other.dimensions} {other.shape}")
    elif other.dtype.kind == "S":
        continue
    elif len(one.dimensions) > 2:
        fields += 1
        if one.dtype != other.dtype or not numpy.array_equal(one[...], other[...]):
            wrong.append(f"{name}: values")
        if one.getncattr("_FillValue") != other.getncattr("_FillValue"):
            wrong.append(f"{name}: fill value")
    elif numpy.abs(one[...].astype("f8") - other[...].astype("f8")).max() > 1e-4:
        wrong.append(f"{name}: coordinates")
print(json.dumps({"fields": fields, "wrong": wrong}))
