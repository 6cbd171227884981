#!/usr/bin/env bash
# Makes the environments with the peers of the benchmark, then runs them beside ours; arguments go to the benchmark.
# An environment that cannot be made is named and left out: its rows then have no ratio to it.
set -u
cd "$(dirname "$0")/.." || exit 1
venvs=${POLYFST_BENCH_VENV:-.venv-bench}
venv() { # venv NAME PACKAGE...
  local name=$1 place="$venvs/$1"; shift
  [ -f "$place/made" ] && [ "$(cat "$place/made")" = "$*" ] && return 0
  mkdir -p "$venvs" && python3 -m venv "$place" && "$place/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 \
    && echo "$*" >"$place/made" || echo "bench:peers: no environment $name ($*): its rows are left out" >&2
}
venv fst 'numpy<2' fstd2nc-deps==0.20200304.6 fstd2nc==0.20260914.0 pyyaml xarray dask
venv grib eccodes==2.50.0 gribjumplib==0.13.1.33 pygribjump==0.13.1.33 pyfdb==5.25.0.33 omfiles==1.2.0 polytope-python==2.1.20 covjsonkit==0.2.26
if [ ! -d "$venvs/npm/node_modules/@openmeteo/file-reader" ]; then
  mkdir -p "$venvs/npm" && npm install --silent --no-save --ignore-scripts --prefix "$venvs/npm" @openmeteo/file-reader@0.0.15 >&2 \
    || echo 'bench:peers: no @openmeteo/file-reader: its row is left out' >&2
fi
exec node dist/bench/main.js --peers "$@"
