"""Writes OM files of every type and compression with omfiles; prints for each its name and the raw file of what omfiles reads back."""

import json
import os
import sys

import numpy
import omfiles

folder = sys.argv[1]
random = numpy.random.default_rng(1)
base = (numpy.cumsum(random.normal(size=(30, 40, 50)), axis=2) * 3).astype("f4")
gaps = base.copy()
gaps[3, 4, 5:20] = numpy.nan
spikes = base.copy()
spikes[::7, ::5, ::11] *= 1000
constant = numpy.full((30, 40, 50), 271.5, "f4")

cases = {
    "float32": (base, {"scale_factor": 20}),
    "gaps": (gaps, {"scale_factor": 100, "add_offset": 5}),
    "spikes": (spikes, {"scale_factor": 100}),
    "constant": (constant, {"scale_factor": 20}),
    "int16": (base, {"scale_factor": 20, "compression": "pfor_delta_2d_int16"}),
    "logarithmic": (abs(base), {"scale_factor": 1000, "compression": "pfor_delta_2d_int16_logarithmic"}),
    "xor32": (gaps, {"compression": "fpx_xor_2d"}),
    "float64": (gaps.astype("f8"), {"scale_factor": 20}),
    "xor64": (gaps.astype("f8"), {"compression": "fpx_xor_2d"}),
}
for kind in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]:
    cases[kind] = ((base * 3).astype("i8").astype(kind), {})
for kind in ["i1", "i2", "u2", "i4", "u4", "i8", "u8"]:
    limits = numpy.iinfo(kind)
    cases[f"wide_{kind}"] = (random.integers(limits.min, limits.max, size=(9, 11, 130), dtype=kind, endpoint=True), {})

for name, (values, options) in cases.items():
    for chunks in ([7, 9, 20], [1, 2, 50]):
        label = f"{name}_{chunks[0]}"
        path = os.path.join(folder, f"{label}.om")
        writer = omfiles.OmFileWriter(path)
        chunks = [min(one, length) for one, length in zip(chunks, values.shape)]
        writer.close(writer.write_array(values, chunks=chunks, **options))
        numpy.ascontiguousarray(omfiles.OmFileReader(path)[:]).tofile(os.path.join(folder, f"{label}.raw"))
        print(json.dumps({"name": label, "dtype": str(values.dtype)}))
