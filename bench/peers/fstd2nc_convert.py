"""Converts an FST file with fstd2nc, timed inside the process: fstd2nc_convert.py netcdf|zarr IN OUT LEVEL.

NetCDF-4 with deflate and shuffle as fstd2nc itself writes it; Zarr version 3 with gzip through xarray and dask on two threads.
Prints one JSON object: seconds, and the program's version.
"""
import importlib.metadata
import json
import sys
import time

import dask
import fstd2nc

kind, source, target, level = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
dask.config.set(scheduler="threads", num_workers=2)
fstd2nc.stdout.streams = ("error",)
start = time.perf_counter()
data = fstd2nc.Buffer(source, progress=False)
if kind == "netcdf":
    data.to_netcdf(target, nc_format="NETCDF4", zlib=level > 0, compression=level, progress=False)
else:
    from zarr.codecs import GzipCodec

    frame = data.to_xarray()
    fields = {name: {"compressors": [GzipCodec(level=level)] if level > 0 else None} for name in frame.data_vars if frame[name].ndim > 2}
    frame.to_zarr(target, zarr_format=3, encoding=fields, consolidated=True)
print(json.dumps({"seconds": time.perf_counter() - start, "program": f"fstd2nc {importlib.metadata.version('fstd2nc')}"}))
