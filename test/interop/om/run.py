"""Opens a converted run with the xarray engine of omfiles and with omfiles itself: prints what a reader sees of some variables."""

import hashlib
import json
import sys

import numpy
import omfiles
import xarray

path, *names = sys.argv[1:]
run = xarray.open_dataset(path, engine="om")
print(json.dumps({"dims": {name: int(size) for name, size in run.sizes.items()}, "coords": sorted(run.coords), "crs": str(run.attrs.get("crs_wkt", ""))[:7]}))
print(json.dumps({"times": [str(time)[:19] for time in run["time"].values]}))
reader = omfiles.OmFileReader(path)
for name in names:
    values = numpy.ascontiguousarray(reader.get_child_by_name(name)[:])
    same = bool(numpy.array_equal(values, run[name].values, equal_nan=True))
    # one plane a time, as records have them
    planes = [hashlib.sha256(numpy.ascontiguousarray(values[..., n]).tobytes()).hexdigest() for n in range(values.shape[-1])]
    print(json.dumps({"name": name, "dims": list(run[name].dims), "units": run[name].attrs.get("units"), "same": same, "planes": planes}))
