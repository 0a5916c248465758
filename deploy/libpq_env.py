"""A SQLAlchemy URL on standard input as libpq's environment variables, in shell's words, on standard output."""

import shlex
import sys

from sqlalchemy import make_url

url = make_url(sys.stdin.read().strip())
host = url.host or str(url.query.get("host", ""))
found = {
    "PGHOST": host, "PGPORT": str(url.port or url.query.get("port", "") or 5432), "PGUSER": url.username or "",
    "PGPASSWORD": url.password or "", "PGDATABASE": url.database or "",
}  # fmt: skip
for name, value in found.items():
    sys.stdout.write(f"{name}={shlex.quote(str(value))}\n")
