"""Alerts, their events and the notifications that go out."""

from alembic import op

from data_access.store.scoping import scope_table

revision = "0007"
down_revision = "0006"

ALERTS = """
-- One row an alert, from its opening on; kept for good. district_code '': seen city-wide only.
CREATE TABLE alert (
  alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL, -- its name in config/alerts.yaml
  kind text NOT NULL, -- ward, stuck, link, surge, officer, age, target
  severity text NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('ward', 'unit', 'officer', 'link', 'district', 'city', 'source')),
  subject_code text COLLATE "C" NOT NULL, -- of a link: ward:service
  ward_code text COLLATE "C", -- where the subject lies in one ward
  district_code text COLLATE "C" NOT NULL,
  since timestamptz NOT NULL, -- of the condition
  opened_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  value double precision NOT NULL, -- the newest figure
  told_value double precision NOT NULL, -- the figure of the newest event
  facts jsonb NOT NULL, -- what the text was filled with
  what jsonb NOT NULL, -- {vi, en}: what, where, since when, as last said
  public jsonb NOT NULL, -- the same without a person's name: walls, notifications
  first_step jsonb NOT NULL, -- {vi, en}
  folded text NOT NULL, -- what is said, without diacritics, for searching
  folded_notes text NOT NULL DEFAULT '', -- the same of people's names and notes
  clearing_since timestamptz, -- since when the figure has asked for the end, without a break
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_note text,
  resolved_at timestamptz, -- NULL: open
  resolved_by text, -- NULL: by itself
  resolved_note text,
  resolution text CHECK (resolution IN ('cleared', 'hand', 'rule')), -- rule: the rule is gone or looks elsewhere now
  cleared_at timestamptz, -- when the condition was over; until then no other alert of this rule and subject opens
  CHECK ((resolved_at IS NULL) = (resolution IS NULL)),
  CHECK (cleared_at IS NULL OR resolved_at IS NOT NULL)
);
CREATE UNIQUE INDEX alert_once ON alert (rule, subject_kind, subject_code) WHERE cleared_at IS NULL;
CREATE INDEX alert_opened ON alert (opened_at DESC, alert_id DESC);

-- Conditions that have not stood for their rule's minutes yet.
CREATE TABLE alert_pending (
  rule text NOT NULL,
  subject_kind text NOT NULL,
  subject_code text COLLATE "C" NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (rule, subject_kind, subject_code)
);

-- What happened to an alert and who did it; only added to. No foreign key: nothing audited blocks anything.
CREATE TABLE alert_event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened', 'changed', 'acknowledged', 'resolved', 'cleared')),
  who text, -- NULL: by itself
  note text,
  value double precision
);
CREATE INDEX alert_event_alert ON alert_event (alert_id, event_id);
CREATE FUNCTION alert_event_stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'events of alerts are only added to'; END $$;
CREATE TRIGGER alert_event_stays BEFORE UPDATE OR DELETE ON alert_event EXECUTE FUNCTION alert_event_stays();

-- What is to be sent where, written with the event itself. A target is known by the digest of its URL.
CREATE TABLE notification (
  notification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL,
  event_id bigint NOT NULL,
  district_code text COLLATE "C" NOT NULL,
  target text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  sent_at timestamptz,
  dropped_at timestamptz, -- not to be sent any more; `error` says why
  error text,
  UNIQUE (event_id, target)
);
CREATE INDEX notification_due ON notification (next_at) WHERE sent_at IS NULL AND dropped_at IS NULL;
CREATE INDEX notification_alert ON notification (alert_id);

-- At most one row: how often alerts changed (screens ask anew when it moves) and when they were last looked at.
CREATE TABLE alert_state (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  revision bigint NOT NULL,
  looked_at timestamptz
);
CREATE FUNCTION alert_changed() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN
    INSERT INTO alert_state AS s (revision) VALUES (1) ON CONFLICT (single) DO UPDATE SET revision = s.revision + 1;
    RETURN NULL;
  END $$;
CREATE TRIGGER alert_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON alert
  EXECUTE FUNCTION alert_changed();
"""


def upgrade() -> None:
    op.execute(ALERTS)
    for table in ("alert", "alert_pending", "alert_event", "notification"):
        scope_table(table)
