"""Reads an XDF file with the field's own library, as the package fstd2nc-deps bundles it.

usage: read.py FILE OUT.bin
One JSON line a record in directory order: its keys, and {dtype, count, offset} of its values in OUT.bin (little-endian).
"""
import ctypes, glob, json, os, sys
import fstd2nc_deps

here = os.path.dirname(fstd2nc_deps.__file__)
lib = ctypes.CDLL(sorted(glob.glob(os.path.join(here, "rpnpy", "_sharedlibs", "librmnshared*.so*")))[-1])
ci = ctypes.c_int
lib.c_fstopi(b"MSGLVL", 8, 0)

NUMBERS = ("dateo deet npas ni nj nk nbits datyp ip1 ip2 ip3 ig1 ig2 ig3 ig4 swa lng dltf ubc extra1 extra2 extra3").split()


def keys_of(handle):
    numbers = {name: ci() for name in NUMBERS}
    texts = {name: ctypes.create_string_buffer(b" " * n, n + 1) for name, n in (("typvar", 2), ("nomvar", 4), ("etiket", 12), ("grtyp", 1))}
    n = {name: ctypes.byref(value) for name, value in numbers.items()}
    status = lib.c_fstprm(
        handle, n["dateo"], n["deet"], n["npas"], n["ni"], n["nj"], n["nk"], n["nbits"], n["datyp"], n["ip1"], n["ip2"], n["ip3"],
        texts["typvar"], texts["nomvar"], texts["etiket"], texts["grtyp"], n["ig1"], n["ig2"], n["ig3"], n["ig4"],
        n["swa"], n["lng"], n["dltf"], n["ubc"], n["extra1"], n["extra2"], n["extra3"],
    )
    assert status >= 0, status
    keys = {name: numbers[name].value for name in NUMBERS[:15]}
    keys.update({name: text.value.decode("latin1")[:size].rstrip() for (name, text), size in zip(texts.items(), (2, 4, 12, 1))})
    return keys


def values_of(handle, keys):
    base = keys["datyp"] & 63
    count = keys["ni"] * keys["nj"] * keys["nk"]
    wide = base in (1, 5, 8) and keys["nbits"] > 32
    size, dtype = {0: (4, "uint32"), 2: (4, "uint32"), 4: (4, "int32"), 3: (1, "uint8"), 7: (1, "uint8"), 8: (8, "complex64")}.get(base, (4, "float32"))
    if wide:
        size, dtype = 2 * size, {"float32": "float64", "complex64": "complex128"}[dtype]
    buffer = ctypes.create_string_buffer(max(count * size, 8) + 64)
    if wide:
        lib.c_fst_data_length(8)
    if base in (3, 7):
        lib.c_fst_data_length(1)
    a, b, c = ci(), ci(), ci()
    status = lib.c_fstluk(buffer, handle, ctypes.byref(a), ctypes.byref(b), ctypes.byref(c))
    assert status >= 0, (keys, status)
    return dtype, count, buffer.raw[: count * size]


unit = ci(0)
assert lib.c_fnom(ctypes.byref(unit), sys.argv[1].encode(), b"STD+RND+R/O+OLD", 0) >= 0
assert lib.c_fstouv(unit, b"RND") >= 0
size = lib.c_fstnbrv(unit)
handles = (ci * size)()
ni, nj, nk, count = ci(), ci(), ci(), ci()
lib.c_fstinl(unit, ctypes.byref(ni), ctypes.byref(nj), ctypes.byref(nk), -1, b" " * 12, -1, -1, -1, b"  ", b"    ", handles, ctypes.byref(count), size)
offset = 0
with open(sys.argv[2], "wb") as out:
    for handle in handles[: count.value]:
        keys = keys_of(handle)
        dtype, n, raw = values_of(handle, keys)
        out.write(raw)
        print(json.dumps({**keys, "dtype": dtype, "count": n, "offset": offset}))
        offset += len(raw)
lib.c_fstfrm(unit)
lib.c_fclos(unit)
