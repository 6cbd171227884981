#!/bin/sh
# Makes a Python environment for an interop test: venv.sh NAME [PYTHON]
# Packages and versions are those of NAME/requirements.txt beside this script. The environment goes to
# $POLYFST_INTEROP_VENV/NAME, or .venv-interop/NAME at the root of the repository, and is made only when its list changed.
# Prints the interpreter's path. Exit 77 with the reason on standard error when it cannot be made: the test is then skipped.
set -eu
name=${1:?usage: venv.sh NAME [PYTHON]}
python=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
list="$here/$name/requirements.txt"
venv="${POLYFST_INTEROP_VENV:-$here/../../.venv-interop}/$name"

skip() {
  echo "interop $name skipped: $1" >&2
  exit 77
}

# uv takes a tenth of the time of pip, and shares files between environments
install() {
  for uv in "$(command -v uv || true)" "$venv/../uv/bin/uv"; do
    [ -x "$uv" ] && "$uv" pip install --quiet --python "$venv/bin/python" -r "$1" && return 0
  done
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"
}

[ -f "$list" ] || { echo "venv.sh: no $list" >&2; exit 2; }
if [ -x "$venv/bin/python" ] && cmp -s "$list" "$venv/installed.txt"; then
  echo "$venv/bin/python"
  exit 0
fi
command -v "$python" >/dev/null 2>&1 || skip "there is no $python"
mkdir -p "$(dirname "$venv")"
"$python" -m venv "$venv" >&2 || skip "$python cannot make a venv (python3-venv?)"
install "$list" >&2 || skip "cannot install $list"
cp "$list" "$venv/installed.txt"
echo "$venv/bin/python"
