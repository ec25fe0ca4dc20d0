-- 0003_recording.sql: what a recording was like: who agreed to it, where nothing
-- was captured and why, what the client marked, what they had destroyed. The
-- journal beside the sound is where gaps and marks come from; it is read again
-- at will.

CREATE TABLE consent (
  number      INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,
  wording     TEXT NOT NULL,               -- the text that was shown and agreed to
  withdrawn   INTEGER,                     -- when; NULL while it holds
  data_key    BLOB NOT NULL,               -- wrapped by the vault's root ring
  counterpart BLOB NOT NULL                -- the therapist's name, sealed
) STRICT;

CREATE TABLE recording (
  session TEXT PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,
  consent INTEGER REFERENCES consent(number),
  later   INTEGER NOT NULL,                -- transcribe only once it has ended
  ended   INTEGER NOT NULL DEFAULT 0,      -- no more sound will come
  cut     INTEGER NOT NULL DEFAULT 0       -- all of its sound is in chunks
) STRICT;

CREATE TABLE gap (
  session  TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL CHECK (start_ms >= 0),
  end_ms   INTEGER NOT NULL CHECK (end_ms > start_ms),
  reason   TEXT NOT NULL,
  PRIMARY KEY (session, start_ms)
) STRICT;

CREATE TABLE mark (
  session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  number  INTEGER NOT NULL,
  at_ms   INTEGER NOT NULL CHECK (at_ms >= 0),
  note    BLOB NOT NULL,
  PRIMARY KEY (session, number)
) STRICT;

-- Words go in the transaction that writes this row; the sound follows, and done
-- says that it is gone. What was interrupted is finished at the next start.
CREATE TABLE struck (
  session  TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  start_ms INTEGER NOT NULL CHECK (start_ms >= 0),
  end_ms   INTEGER NOT NULL CHECK (end_ms > start_ms),
  at       INTEGER NOT NULL,
  done     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session, start_ms, end_ms)
) STRICT;
