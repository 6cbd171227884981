"""Reads every array of an OM file with omfiles: one JSON line each, values appended to a raw file."""

import json
import sys

import numpy
import omfiles

source, target = sys.argv[1:3]


def visit(reader, path, out):
    if reader.is_array:
        values = numpy.ascontiguousarray(reader[:]).reshape(reader.shape)
        print(json.dumps({"path": path, "dtype": str(values.dtype), "shape": list(values.shape), "offset": out.tell(), "bytes": values.nbytes}))
        out.write(values.tobytes())
    elif reader.is_scalar:
        value = reader.read_scalar()
        print(json.dumps({"path": path, "value": value.item() if hasattr(value, "item") else value}))
    for child in range(reader.num_children):
        inner = reader.get_child_by_index(child)
        visit(inner, f"{path}/{inner.name}" if path else inner.name, out)


with open(target, "wb") as out:
    visit(omfiles.OmFileReader(source), "", out)
