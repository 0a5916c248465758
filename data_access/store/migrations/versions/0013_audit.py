"""Sign-ins, sessions and what else is kept for inspection."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0013"
down_revision = "0012"

# Names without diacritics and case, as config/registry.py folds them (0010).
FOLD = "lower(regexp_replace(translate(normalize({0}, NFD), 'đĐ', 'dd'), '[\\u0300-\\u036f]', '', 'g'))"

AUDIT = """
-- What was done by whom. No foreign keys: nothing audited blocks anything. district_code '': seen city-wide only.
CREATE TABLE audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL, -- data_access/audit.py: KINDS
  who text NOT NULL, -- the account; of a failed sign-in the name that was typed
  role text NOT NULL DEFAULT '',
  what text NOT NULL DEFAULT '', -- the account, device or file it was done to
  detail text NOT NULL DEFAULT '', -- a person's own words
  facts jsonb NOT NULL DEFAULT '{}', -- codes, put into words by the screen
  address text NOT NULL DEFAULT '', -- the browser's
  request text NOT NULL DEFAULT '', -- the id that stands in the log
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX audit_at ON audit (at DESC, audit_id DESC);
CREATE INDEX audit_who ON audit (who, at);

-- One row a sign-in; the cookie names it. Ended ones stay until they would have expired, and 90 days more.
CREATE TABLE session (
  session_id text PRIMARY KEY,
  username text NOT NULL,
  role text NOT NULL,
  method text NOT NULL CHECK (method IN ('password', 'oidc')),
  address text NOT NULL DEFAULT '',
  began_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_by text,
  district_code text COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX session_expires ON session (expires_at);

-- When a piece of work outside the screens was last done, and how it went: backup, rollup_check, restore_test.
CREATE TABLE operation_done (
  name text PRIMARY KEY,
  at timestamptz NOT NULL,
  ok boolean NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'
);

-- What people did to alerts, the newest first; the other events are the keeper's own.
CREATE INDEX alert_event_people ON alert_event (at DESC, event_id DESC)
  WHERE who IS NOT NULL AND kind IN ('acknowledged', 'resolved');
"""

STAYS = """
CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME; END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION only_added_to();
"""

# Exports and deeds on alerts have books of their own: the audit shows them, and keeps nothing twice.
LOG = f"""
CREATE VIEW audit_log WITH (security_invoker = true) AS
SELECT at, 0 AS source, audit_id AS id, kind, who, role, what, detail, facts, address, request, district_code,
       {FOLD.format("who || ' ' || what || ' ' || detail")} AS folded
FROM audit
UNION ALL
SELECT at, 1, export_id, 'exported', username, role, form, '',
       jsonb_build_object('format', format, 'rows', rows, 'district', district_code, 'ward', ward_code,
                          'dossier', dossier_code, 'period', period), '', '', district_code,
       lower(username || ' ' || form || ' ' || format || ' ' || coalesce(dossier_code, ''))
FROM export_log
UNION ALL
SELECT at, 2, event_id, CASE kind WHEN 'acknowledged' THEN 'alert_acknowledged' ELSE 'alert_ended' END, who, '',
       alert_id::text, coalesce(note, ''), '{{}}'::jsonb, '', '', district_code,
       {FOLD.format("who || ' ' || alert_id || ' ' || coalesce(note, '')")}
FROM alert_event WHERE who IS NOT NULL AND kind IN ('acknowledged', 'resolved');
"""


def upgrade() -> None:
    """Tables, the view over all books, and rights: what was kept can't be changed by the application itself."""
    from alembic import context

    reader = context.config.attributes["reader"]
    op.execute(AUDIT)
    for table in ("audit", "session"):
        scope_table(table)
    op.execute(STAYS)
    op.execute(LOG)
    for table in ("audit", "export_log"):
        op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER, "{reader}"')
