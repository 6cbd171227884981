"""Stacks of fields as NumPy and Arrow have them: checks the statistics of a folder in float64, prints sums of the planes."""

import hashlib
import json
import os
import sys

import numpy
import pyarrow

folder = sys.argv[1]
arrays = json.load(open(os.path.join(folder, "statistics.json")))["arrays"]


def values(name, array):
    path = os.path.join(folder, array["file"])
    if path.endswith(".npy"):
        return numpy.load(path)
    table = pyarrow.ipc.open_file(path).read_all()
    column = table.column(name).combine_chunks()
    assert isinstance(column.type, pyarrow.FixedShapeTensorType), column.type
    assert column.type.dim_names == array["dims"][1:], column.type.dim_names
    return column.to_numpy_ndarray()


for name, array in arrays.items():
    stack = values(name, array)
    assert list(stack.shape) == array["shape"] and str(stack.dtype) == array["dtype"], (name, stack.shape, stack.dtype)
    if "statistics" not in array:
        continue
    told = array["statistics"]
    wide = stack.astype("f8")
    known = wide[~numpy.isnan(wide)]
    close = bool(numpy.allclose([told["mean"], told["std"]], [known.mean(), known.std()], rtol=1e-12, atol=1e-300))
    exact = [told["min"], told["max"], told["count"], told["missing"]] == [known.min(), known.max(), known.size, wide.size - known.size]
    for level, summary in enumerate(array.get("byLevel", [])):
        part = wide[:, level]
        close = close and bool(numpy.allclose([summary["mean"], summary["std"]], [numpy.nanmean(part), numpy.nanstd(part)], rtol=1e-12))
    print(json.dumps({"name": name, "dims": array["dims"], "close": close, "exact": exact, "sum": hashlib.sha256(stack.tobytes()).hexdigest()}))
