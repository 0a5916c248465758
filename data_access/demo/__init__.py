"""The embedded default: a PostgreSQL of its own, a generated city, its simulator, and who keeps them running."""

import warnings

# Machines without a login session have no XDG_RUNTIME_DIR; the server package falls back by itself.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
