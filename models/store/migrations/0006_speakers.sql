-- 0006_speakers.sql: who spoke. Voices are told apart once the words of a session
-- are all there; what the client says about it outlives a second run. Only times
-- and roles are in clear.

CREATE TABLE voicing (
  session TEXT PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,
  done    INTEGER NOT NULL,                -- the speakers of all segments are up to date
  outcome TEXT NOT NULL,                   -- told, channels, no-model, failed; empty while it never ran
  named   TEXT NOT NULL                    -- by what voices got their roles: voice, words, person; empty for none
) STRICT;

-- The client's word on who spoke in a stretch. It names the stretch by time, for
-- a second run may cut segments elsewhere.
CREATE TABLE attribution (
  session  TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  channel  INTEGER NOT NULL,
  start_ms INTEGER NOT NULL CHECK (start_ms >= 0),
  end_ms   INTEGER NOT NULL CHECK (end_ms >= start_ms),
  speaker  TEXT NOT NULL,
  PRIMARY KEY (session, channel, start_ms, end_ms)
) STRICT;

-- What the client's voice sounds like. What was heard in a session is sealed with
-- that session's key and goes with it; a sample has a key of its own.
CREATE TABLE voiceprint (
  source   TEXT PRIMARY KEY,               -- ID of a session, or 'sample'
  session  TEXT REFERENCES session(id) ON DELETE CASCADE,
  made     INTEGER NOT NULL,
  data_key BLOB,                           -- wrapped; NULL where the session's is used
  print    BLOB NOT NULL,
  CHECK ((session IS NULL) = (data_key IS NOT NULL))
) STRICT;

-- Texts of a chunk that are not shown: it was run again, by another model perhaps.
-- Each is one sealed value, with its corrections; it changes places with the text
-- that is shown when it is chosen.
CREATE TABLE take (
  session TEXT NOT NULL,
  chunk   INTEGER NOT NULL,
  number  INTEGER NOT NULL,                -- from 1
  made    INTEGER NOT NULL,                -- when it was put aside
  model   TEXT NOT NULL,                   -- that heard it
  body    BLOB NOT NULL,
  PRIMARY KEY (session, chunk, number),
  FOREIGN KEY (session, chunk) REFERENCES chunk(session, seq) ON DELETE CASCADE
) STRICT;

ALTER TABLE chunk ADD COLUMN heard TEXT NOT NULL DEFAULT ''; -- the model behind the text that is shown; empty for the session's
