-- 0007_touched.sql: whoever keeps something of a session in memory, as a search
-- does, must know cheaply whether it is still so: counting and comparing all
-- words of ten years took seconds. So each session counts the changes of its
-- words and items; triggers do it, for no writer can forget them.

ALTER TABLE session ADD COLUMN touched INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER segment_added AFTER INSERT ON segment BEGIN UPDATE session SET touched = touched + 1 WHERE id = NEW.session; END;
CREATE TRIGGER segment_changed AFTER UPDATE ON segment BEGIN UPDATE session SET touched = touched + 1 WHERE id = NEW.session; END;
CREATE TRIGGER segment_gone AFTER DELETE ON segment BEGIN UPDATE session SET touched = touched + 1 WHERE id = OLD.session; END;
CREATE TRIGGER item_added AFTER INSERT ON item BEGIN UPDATE session SET touched = touched + 1 WHERE id = NEW.session; END;
CREATE TRIGGER item_changed AFTER UPDATE ON item BEGIN UPDATE session SET touched = touched + 1 WHERE id = NEW.session; END;
CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN UPDATE session SET touched = touched + 1 WHERE id = OLD.session; END;
