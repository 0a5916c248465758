#!/usr/bin/env bash
# Put a backup of the store into an empty database of the store's owner: restore.sh FILE.dump
# The database is the one of OPS_STORE_URL; one that holds tables already is refused, nothing is overwritten.
# Whole or not at all; afterwards the sync goes on from where the backup stood.
set -euo pipefail
file="${1:?restore.sh FILE.dump}"
here="$(cd "$(dirname "$0")/.." && pwd)"
python="$here/.venv/bin/python"
url="${OPS_STORE_URL:-$(cat "${OPS_STORE_URL_FILE:?OPS_STORE_URL or OPS_STORE_URL_FILE is needed}")}"
export PGDATABASE PGHOST PGPORT PGUSER PGPASSWORD
# shellcheck disable=SC1090
source <("$python" "$here/deploy/libpq_env.py" <<<"$url")
tables="$(psql --no-psqlrc --tuples-only --no-align --command \
  "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")"
if [ "$tables" != 0 ]; then
  echo "Cơ sở dữ liệu $PGDATABASE đã có $tables bảng; hãy tạo cơ sở dữ liệu trống. / The database $PGDATABASE holds $tables tables already; make an empty one." >&2
  exit 1
fi
pg_restore --no-owner --exit-on-error --single-transaction --dbname="$PGDATABASE" "$file"
(cd "$here" && "$python" -m data_access migrate && "$python" -m data_access note-done restore_test)
