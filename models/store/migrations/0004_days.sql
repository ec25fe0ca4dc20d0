-- 0004_days.sql: what the client writes, plans and tries between sessions. All of
-- it has one shape: kind, day and what it belongs to in clear, the rest sealed.
-- What belongs to a session is sealed with that session's key and goes with it;
-- what belongs to none has a key of its own, so that it can be destroyed alone.

CREATE TABLE entry (
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL CHECK (length(id) = 8),
  session  TEXT REFERENCES session(id) ON DELETE CASCADE,
  about    TEXT NOT NULL,                  -- ID of an item or of another entry, or empty
  day      TEXT NOT NULL,
  made     INTEGER NOT NULL,
  changed  INTEGER NOT NULL,
  version  INTEGER NOT NULL,               -- counts saves: a save on an older one is refused
  data_key BLOB,                           -- wrapped; NULL where the session's is used
  body     BLOB NOT NULL,
  PRIMARY KEY (kind, id),
  CHECK ((session IS NULL) = (data_key IS NOT NULL))
) STRICT;

CREATE INDEX entry_day ON entry(kind, day);
CREATE INDEX entry_session ON entry(session) WHERE session IS NOT NULL;
