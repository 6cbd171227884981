"""omfiles (native) on the side-file that the product wrote: the series of W1 and W2, the file open.

The side-file holds float32 as the bits in the order of the numbers; turning them back is in the time.
"""
import importlib.metadata

import numpy
import omfiles
from places import NI, W1, W2, ask, timed

NAME = f"omfiles {importlib.metadata.version('omfiles')}"
reader = omfiles.OmFileReader(ask["side"])


def series(cell):
    j, i = divmod(cell, NI)
    bits = numpy.asarray(reader[j : j + 1, i : i + 1, :]).reshape(-1)
    return numpy.where(bits < 0, bits ^ 0x7FFFFFFF, bits).astype("i4").view("f4")


def points(cells):
    count, total = 0, 0.0
    for cell in cells:
        values = series(cell)
        count += values.size
        total += float(values.astype("f8").sum())
    return count, total


timed("W1", NAME, lambda: points([W1]), 200)
timed("W2", NAME, lambda: points(W2))
