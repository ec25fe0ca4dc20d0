-- 0006_speakers.sql: who spoke. Voices are told apart once the words of a session
-- are all there; what the client says about it outlives a second run. Only times
-- and roles are in clear. A voice print belongs to a person, not to a session: it
-- has a key of its own, so that it can be destroyed alone.

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

CREATE TABLE voiceprint (
  speaker  TEXT PRIMARY KEY CHECK (speaker = 'client'), -- nobody else can agree to it here
  made     INTEGER NOT NULL,
  heard    INTEGER NOT NULL,               -- how many times it was made better since, and once
  data_key BLOB NOT NULL,                  -- wrapped by the vault's root ring
  print    BLOB NOT NULL
) STRICT;
