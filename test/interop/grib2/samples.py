"""Writes GRIB2 with ecCodes' own samples into a folder: samples.py FOLDER. Prints a JSON line a file with what it holds."""
import json
import os
import sys

import eccodes as ec
import numpy as np

FOLDER = sys.argv[1]


def write(name, sample, packing="grid_simple", **keys):
    handle = ec.codes_grib_new_from_samples(sample)
    for key, value in keys.items():
        ec.codes_set(handle, key, value)
    count = ec.codes_get_size(handle, "values")
    values = 280 + 20 * np.sin(np.arange(count) / 17.0)
    ec.codes_set_values(handle, values)
    ec.codes_set(handle, "packingType", packing)
    with open(os.path.join(FOLDER, name), "wb") as file:
        ec.codes_write(handle, file)
    line = {"file": name, "short": ec.codes_get(handle, "shortName"), "ni": ec.codes_get(handle, "Nx" if "polar" in sample else "Ni"),
            "nj": ec.codes_get(handle, "Ny" if "polar" in sample else "Nj"), "values": ec.codes_get_values(handle).tolist()}
    try:
        line["lat"] = ec.codes_get_array(handle, "latitudes").tolist()
        line["lon"] = ec.codes_get_array(handle, "longitudes").tolist()
    except ec.CodesInternalError:
        pass
    print(json.dumps(line))
    ec.codes_release(handle)


write("regular_ll.grib2", "regular_ll_pl_grib2")
write("rotated_ll.grib2", "rotated_ll_pl_grib2")
# the sample has its true latitude at the equator, where ecCodes takes it for a southern plane, and rows that ecCodes places upside down
write("polar.grib2", "polar_stereographic_pl_grib2", LaDInDegrees=60, DxInMetres=20000,
      DyInMetres=20000, jScansPositively=1)
write("regular_gg.grib2", "regular_gg_pl_grib2")
write("jpeg.grib2", "regular_ll_pl_grib2", packing="grid_jpeg")
write("ieee.grib2", "regular_ll_pl_grib2", packing="grid_ieee")
