-- 0005_review.sql: going through a session takes as long as it takes. When it
-- may come up again is in clear, for reminders work while the store is locked;
-- where somebody stopped and what was too hard for now tells of what was said.

CREATE TABLE review (
  session TEXT PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,
  held    INTEGER NOT NULL DEFAULT 0, -- not before, since 1970; 0 for now
  pace    BLOB,                       -- place and folded passages
  peaks   BLOB                        -- shape of the sound, for drawing it
) STRICT;
