-- 0002_items.sql: what was worth keeping of a session, the very words behind it,
-- and what the client made of it. Only kind, decision and order are in clear.

CREATE TABLE item (
  id       TEXT PRIMARY KEY CHECK (length(id) = 8),
  session  TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  kind     TEXT NOT NULL,
  position INTEGER NOT NULL,               -- order within the session
  decision TEXT NOT NULL CHECK (decision IN ('proposed', 'accepted', 'edited', 'rejected')),
  decided  INTEGER,                        -- time of the decision; NULL while proposed
  finished INTEGER NOT NULL DEFAULT 0,
  body     BLOB NOT NULL,
  proposed BLOB                            -- the body as it was extracted, once it was edited
) STRICT;

CREATE INDEX item_session ON item(session);

-- Evidence names its segment by chunk and index, which stay when later results
-- renumber the transcript. It has no foreign key to it: an item whose words are
-- gone stays and says so.
CREATE TABLE evidence (
  item     TEXT NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  number   INTEGER NOT NULL,
  chunk    INTEGER NOT NULL,
  idx      INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms   INTEGER NOT NULL,
  quote    BLOB NOT NULL,
  PRIMARY KEY (item, number)
) STRICT;

-- Every decision, so that it can be undone and counted.
CREATE TABLE decision (
  item     TEXT NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  number   INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  previous TEXT NOT NULL,
  next     TEXT NOT NULL,
  body     BLOB,                           -- the body before it, if it changed that
  undone   INTEGER,                        -- when it was taken back
  PRIMARY KEY (item, number)
) STRICT;
