#!/usr/bin/env bash
# Makes the venv with the peers of the file benchmarks, then runs them beside ours.
set -eu
cd "$(dirname "$0")/.."
venv=${POLYFST_BENCH_VENV:-.venv-bench}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'numpy<2' 'fstd2nc-deps==0.20200304.6' 'fstd2nc==0.20260914.0' pyyaml
fi
exec node dist/bench/main.js --peers "$@"
