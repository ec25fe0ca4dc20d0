-- 0001_ledger.sql: which sound there is, what became of it, and the words found
-- in it. Columns that hold what people said or are called are BLOBs, sealed with
-- the session's data key; destroying that key makes all of them unreadable.
-- Times are whole milliseconds: of the session (…_ms), or since 1970.

CREATE TABLE session (
  ordinal     INTEGER PRIMARY KEY,          -- order of creation
  id          TEXT NOT NULL UNIQUE CHECK (length(id) = 12),
  created     INTEGER NOT NULL,
  date        TEXT NOT NULL,
  source      TEXT NOT NULL CHECK (source IN ('import', 'recording')),
  hash        TEXT NOT NULL,                -- keyed hash of the imported file, or empty
  language    TEXT NOT NULL,
  model       TEXT NOT NULL,
  channels    INTEGER NOT NULL CHECK (channels IN (1, 2)),
  duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
  state       TEXT NOT NULL CHECK (state IN ('ingesting', 'transcribing', 'extracting', 'ready')),
  data_key    BLOB NOT NULL,                -- wrapped by the vault's root ring
  title       BLOB NOT NULL,
  counterpart BLOB NOT NULL,                -- the therapist's name
  path        BLOB NOT NULL,
  summary     BLOB                          -- NULL until extracted
) STRICT;

CREATE INDEX session_hash ON session(hash) WHERE hash <> '';
CREATE INDEX session_state ON session(state);

CREATE TABLE chunk (
  session       TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  seq           INTEGER NOT NULL CHECK (seq >= 0),
  channel       INTEGER NOT NULL CHECK (channel IN (0, 1)),
  start_ms      INTEGER NOT NULL CHECK (start_ms >= 0),
  end_ms        INTEGER NOT NULL CHECK (end_ms >= start_ms),
  voiced        TEXT NOT NULL,              -- JSON: [[start, end], …]
  wordless      TEXT NOT NULL DEFAULT '[]', -- JSON as above: speech in which no words were found
  state         TEXT NOT NULL CHECK (state IN ('pending', 'done', 'silent', 'failed')),
  attempts      INTEGER NOT NULL DEFAULT 0,
  in_hand       INTEGER NOT NULL DEFAULT 0, -- a worker began it and has not answered
  interruptions INTEGER NOT NULL DEFAULT 0, -- times that the hub died while it was in hand
  reason        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (session, seq)
) STRICT;

CREATE INDEX chunk_pending ON chunk(session, seq) WHERE state = 'pending';

CREATE TABLE segment (
  session  TEXT NOT NULL,
  chunk    INTEGER NOT NULL,
  idx      INTEGER NOT NULL,
  start_ms INTEGER NOT NULL CHECK (start_ms >= 0),
  end_ms   INTEGER NOT NULL CHECK (end_ms >= start_ms),
  speaker  TEXT NOT NULL,                   -- a role or S1, S2, …: never a name
  suspect  TEXT NOT NULL,                   -- doubts, separated by spaces
  edited   INTEGER NOT NULL DEFAULT 0,
  text     BLOB NOT NULL,
  words    BLOB NOT NULL,
  PRIMARY KEY (session, chunk, idx),
  FOREIGN KEY (session, chunk) REFERENCES chunk(session, seq) ON DELETE CASCADE
) STRICT;

-- What a segment said before each correction, oldest first: number 0 is the
-- engine's own text.
CREATE TABLE revision (
  session TEXT NOT NULL,
  chunk   INTEGER NOT NULL,
  idx     INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  text    BLOB NOT NULL,
  PRIMARY KEY (session, chunk, idx, number),
  FOREIGN KEY (session, chunk, idx) REFERENCES segment(session, chunk, idx) ON DELETE CASCADE
) STRICT;
