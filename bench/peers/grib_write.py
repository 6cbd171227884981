"""Writes the GRIB2 twins of the bench data: float32 fields of 1000 x 1000 from standard input, packed by ecCodes at 16 bits.

usage: grib_write.py FOLDER simple|ccsds series|levels COUNT BASE_DATE
series: FOLDER/NNN.grib2, one hour a file; levels: FOLDER.grib2, one message a level (1000 - 12 l hPa).
"""
import os
import sys

import eccodes
import numpy

folder, packing, kind, count, base = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
NI = NJ = 1000

handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
for key, value in {
    "Ni": NI, "Nj": NJ, "jScansPositively": 1, "latitudeOfFirstGridPointInDegrees": 25.0, "longitudeOfFirstGridPointInDegrees": 230.0,
    "latitudeOfLastGridPointInDegrees": 25 + 0.05 * (NJ - 1), "longitudeOfLastGridPointInDegrees": 230 + 0.1 * (NI - 1),
    "iDirectionIncrementInDegrees": 0.1, "jDirectionIncrementInDegrees": 0.05, "dataDate": base, "dataTime": 0, "stepUnits": 1,
    "paramId": 130, "level": 500, "bitsPerValue": 16,
}.items():
    eccodes.codes_set(handle, key, value)
eccodes.codes_set(handle, "packingType", "grid_" + packing)
eccodes.codes_set(handle, "bitsPerValue", 16)
for key, value in {"class": "od", "stream": "oper", "type": "fc", "expver": "0001"}.items():
    try:
        eccodes.codes_set(handle, key, value)
    except eccodes.CodesInternalError:
        pass

series = kind == "series"
if series:
    os.makedirs(folder, exist_ok=True)
path = folder + ".grib2.part"
out = None if series else open(path, "wb")
for number in range(count):
    field = numpy.frombuffer(sys.stdin.buffer.read(4 * NI * NJ), dtype="<f4").astype("f8")
    eccodes.codes_set(handle, "step" if series else "level", number if series else 1000 - 12 * number)
    eccodes.codes_set_values(handle, field)
    if series:
        with open(f"{folder}/{number:03d}.grib2", "wb") as one:
            eccodes.codes_write(handle, one)
    else:
        eccodes.codes_write(handle, out)
if out is not None:
    out.close()
    os.rename(path, folder + ".grib2")
print(eccodes.codes_get_api_version())
