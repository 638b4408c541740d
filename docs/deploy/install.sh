#!/usr/bin/env bash
# Install normqa from a checkout into a folder, with its models and without torch.
# Usage: docs/deploy/install.sh FOLDER
set -euo pipefail
checkout="$(cd "$(dirname "$0")/../.." && pwd)"
folder="$1"

python3 -m venv "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check install --quiet --no-compile --no-cache-dir \
  --constraint "$checkout/constraints.txt" "$checkout"
"$folder/bin/normqa" --version
