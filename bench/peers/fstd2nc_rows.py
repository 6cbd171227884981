"""fstd2nc with xarray and dask (two threads) on the FST files themselves: W1-W5 on a dataset that is already open."""
import importlib.metadata

import dask
import fstd2nc
import numpy
import xarray
from places import AREA_STEPS, NI, W1, W2, W3, W5, ask, failed, timed

NAME = f"fstd2nc {importlib.metadata.version('fstd2nc')}"
dask.config.set(scheduler="threads", num_workers=2)
fstd2nc.stdout.streams = ("error",)


def cube(files):
    """TT of files as [time or level, y, x]."""
    data = fstd2nc.Buffer(files, progress=False).to_xarray()["TT"]
    return data.squeeze()


def of(values):
    values = numpy.asarray(values)
    return values.size, values.astype("f8").sum()


def points(data, cells):
    j, i = zip(*(divmod(cell, NI) for cell in cells))
    y, x = data.dims[-2:]
    return data.isel({y: xarray.DataArray(list(j), dims="p"), x: xarray.DataArray(list(i), dims="p")})


series = cube(ask["files"]) if any(row in ask["rows"] for row in ("W1", "W2", "W3", "W5")) else None
time = series.dims[0] if series is not None else None


def area():
    """The box around the cells, then the cells: what a caller with numpy writes."""
    rows = [divmod(first, NI) + (end - first,) for first, end in W3]
    y, x = series.dims[-2:]
    low, high = rows[0][0], rows[-1][0] + 1
    left, right = min(i for _, i, _ in rows), max(i + n for _, i, n in rows)
    box = series.isel({time: slice(0, AREA_STEPS), y: slice(low, high), x: slice(left, right)}).values
    mask = numpy.zeros(box.shape[1:], bool)
    for j, i, n in rows:
        mask[j - low, i - left : i - left + n] = True
    return of(box[:, mask])


def path():
    steps = [step for step, cells in sorted(W5.items()) for _ in cells]
    cells = [cell for _, cells in sorted(W5.items()) for cell in cells]
    j, i = zip(*(divmod(cell, NI) for cell in cells))
    y, x = series.dims[-2:]
    at = {time: xarray.DataArray(steps, dims="p"), y: xarray.DataArray(list(j), dims="p"), x: xarray.DataArray(list(i), dims="p")}
    return of(series.isel(at).values)


def column():
    return of(points(levels, [W1]).values)


ROWS = {"W1": lambda: of(points(series, [W1]).values), "W2": lambda: of(points(series, W2).values), "W3": area, "W5": path}
if "W4" in ask["rows"] and ask.get("levels"):
    levels = cube([ask["levels"]])
    ROWS["W4"] = column
for row in ask["rows"]:
    if row in ROWS:
        try:
            timed(row, NAME, ROWS[row], 3)
        except Exception as error:  # one row that cannot be had must not take the others along
            failed(NAME, error)
