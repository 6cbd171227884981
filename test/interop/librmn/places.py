"""Places of the first field of XDF files by the field's own library, against those of NetCDF files: places.py [NC FST]…

Prints, a JSON line a pair: degrees between them at most, the record's name and level, the largest difference of values, hours of its date.
"""
import ctypes, glob, json, os, sys
import fstd2nc_deps
import numpy as np
import netCDF4

here = os.path.dirname(fstd2nc_deps.__file__)
lib = ctypes.CDLL(sorted(glob.glob(os.path.join(here, "rpnpy", "_sharedlibs", "librmnshared*.so*")))[-1])
ci = ctypes.c_int
lib.c_fstopi(b"MSGLVL", 8, 0)
NUMBERS = "dateo deet npas ni nj nk nbits datyp ip1 ip2 ip3 ig1 ig2 ig3 ig4 swa lng dltf ubc extra1 extra2 extra3".split()


def places(path):
    unit = ci(0)
    assert lib.c_fnom(ctypes.byref(unit), path.encode(), b"STD+RND+R/O+OLD", 0) >= 0
    assert lib.c_fstouv(unit, b"RND") >= 0
    ni, nj, nk = ci(), ci(), ci()
    handle = lib.c_fstinf(unit, ctypes.byref(ni), ctypes.byref(nj), ctypes.byref(nk), -1, b" " * 12, -1, -1, -1, b"  ", b"TT  ")
    assert handle >= 0, path
    numbers = {name: ci() for name in NUMBERS}
    texts = [ctypes.create_string_buffer(b" " * n, n + 1) for n in (2, 4, 12, 1)]
    order = [numbers[name] for name in NUMBERS]
    lib.c_fstprm(handle, *map(ctypes.byref, order[:11]), *texts, *map(ctypes.byref, order[11:]))
    grid = lib.c_ezqkdef(ni, nj, texts[3].raw[:1], *(numbers[f"ig{n}"] for n in (1, 2, 3, 4)), unit)
    assert grid >= 0, path
    lat, lon, values = (np.zeros((nj.value, ni.value), "f4") for _ in range(3))
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    assert lib.c_gdll(grid, pointer(lat), pointer(lon)) >= 0
    assert lib.c_fstluk(pointer(values), handle, ctypes.byref(ni), ctypes.byref(nj), ctypes.byref(nk)) >= 0
    lib.c_fstfrm(unit)
    lib.c_fclos(unit)
    return texts, lat.astype(float), lon.astype(float), values, numbers


for nc, fst in zip(sys.argv[1::2], sys.argv[2::2]):
    texts, lat, lon, values, numbers = places(fst)
    with netCDF4.Dataset(nc) as file:
        want_lat, want_lon, want = file["lat"][:], file["lon"][:], file["tas"][0]
    east = (lon - want_lon + 180) % 360 - 180
    off = max(np.abs(lat - want_lat).max(), np.abs(east * np.cos(np.radians(want_lat))).max())
    print(json.dumps({"off": float(off), "values": float(np.abs(values + 273.15 - want).max()), "grtyp": texts[3].raw[:1].decode(),
                      "ip1": numbers["ip1"].value, "dateo": numbers["dateo"].value}))
