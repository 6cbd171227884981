"""Opens a file with fstd2nc and prints, a JSON line a variable, its dimensions and the sum and count of its finite values.

usage: dataset.py FILE
"""
import json, sys
import numpy, fstd2nc

data = fstd2nc.Buffer(sys.argv[1], quiet=True, progress=False).to_xarray()
for name, variable in data.data_vars.items():
    if variable.dtype.kind != "f" or variable.ndim < 2:
        continue
    values = numpy.asarray(variable.values, dtype="float64")
    finite = values[numpy.isfinite(values)]
    print(json.dumps({"name": name, "dims": list(variable.dims), "shape": list(variable.shape), "count": int(finite.size), "sum": float(finite.sum())}))
