#!/usr/bin/env bash
# Back up the store, the configuration and the accounts: backup.sh FOLDER [DAYS TO KEEP, default 30]
# Reads the environment of ops.env. Facts and rollups can be made anew from the source; acknowledgements, snapshots of
# closed days, audit, configuration's history and devices can't, so the whole store is kept.
set -euo pipefail
folder="${1:?backup.sh FOLDER [DAYS]}" days="${2:-30}"
here="$(cd "$(dirname "$0")/.." && pwd)"
python="$here/.venv/bin/python"
stamp="$(date +%Y%m%d-%H%M%S)"
target="$folder/ops-$stamp.dump" beside="$folder/ops-$stamp.part"
url="${OPS_STORE_URL:-$(cat "${OPS_STORE_URL_FILE:?OPS_STORE_URL or OPS_STORE_URL_FILE is needed}")}"

failed() {
  rm -f "$beside" "$folder/files-$stamp.part"
  (cd "$here" && "$python" -m data_access note-done backup --failed) || true
}
trap failed ERR

umask 077
mkdir -p "$folder"
# The URL goes in by the environment: a command line can be read by every user of the machine.
export PGDATABASE PGHOST PGPORT PGUSER PGPASSWORD
# shellcheck disable=SC1090
source <("$python" "$here/deploy/libpq_env.py" <<<"$url")
# Row-level security lets the owner see all rows; pg_dump asks to be told that it may rely on that.
pg_dump --format=custom --enable-row-security --no-owner --file="$beside"
files=()
for path in "${OPS_CONFIG_DIR:-}" "${OPS_ACCOUNTS_FILE:-}"; do
  [ -n "$path" ] && [ -e "$path" ] && files+=("$path")
done
if [ "${#files[@]}" -gt 0 ]; then
  tar --create --gzip --absolute-names --file="$folder/files-$stamp.part" "${files[@]}"
  mv "$folder/files-$stamp.part" "$folder/files-$stamp.tar.gz"
fi
mv "$beside" "$target"
trap - ERR
find "$folder" -maxdepth 1 \( -name 'ops-*.dump' -o -name 'files-*.tar.gz' \) -mtime "+$days" -delete
(cd "$here" && "$python" -m data_access note-done backup --fact "bytes=$(stat -c %s "$target")")
echo "$target"
