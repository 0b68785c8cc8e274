"""What the database itself refuses, whatever code or console asks for it; a part of 0001_squashed_0027.

Also a number that rises whenever the board may look otherwise: one look at it tells an open board whether to read anew.
"""

from __future__ import annotations

import re

SEEN_BY_BOARD = ("articles_draft", "articles_story", "articles_schedule", "articles_update", "articles_review")

GUARDS = """
CREATE FUNCTION articles_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Somebody reviewed, approved or published these words, or wrote on from them.
CREATE TRIGGER articles_revision_sealed BEFORE UPDATE OR DELETE ON articles_revision
    FOR EACH ROW WHEN (OLD.sealed)
    EXECUTE FUNCTION articles_refuse('A sealed revision never changes.');

CREATE TRIGGER articles_movelog_append_only BEFORE UPDATE OR DELETE ON articles_movelog
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('The log of moves is only added to.');

-- Approval covers what a placement says: other words are another placement.
CREATE TRIGGER articles_quoteplacement_fixed BEFORE UPDATE OR DELETE ON articles_quoteplacement
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A placement never changes; make a new one.');
CREATE TRIGGER articles_productplacement_fixed BEFORE UPDATE OR DELETE ON articles_productplacement
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A placement never changes; make a new one.');
CREATE TRIGGER articles_relatedplacement_fixed BEFORE UPDATE OR DELETE ON articles_relatedplacement
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A placement never changes; make a new one.');

-- A tie in an approved text holds because these words were said: other words are another entry.
CREATE TRIGGER articles_quotation_words_fixed BEFORE UPDATE ON articles_quotation
    FOR EACH ROW WHEN (OLD.words IS DISTINCT FROM NEW.words OR OLD.normalised IS DISTINCT FROM NEW.normalised)
    EXECUTE FUNCTION articles_refuse('The words of a quotation never change; enter the new wording.');

-- One clock: first publication never moves.
CREATE TRIGGER articles_story_first_published BEFORE UPDATE ON articles_story
    FOR EACH ROW WHEN (OLD.first_published_at IS NOT NULL
                       AND OLD.first_published_at IS DISTINCT FROM NEW.first_published_at)
    EXECUTE FUNCTION articles_refuse('First publication never moves.');

-- Promises 3 and 8: nothing comes out through a legal hold or an embargo, and what waits to be read by a second person
-- is not forgotten.
CREATE FUNCTION articles_story_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'A story on legal hold is not published.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.embargo_until > clock_timestamp() THEN
        RAISE EXCEPTION 'A story under embargo is not published.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER articles_story_gated BEFORE UPDATE ON articles_story
    FOR EACH ROW WHEN (NEW.readers = 'published' AND (OLD.readers IS DISTINCT FROM NEW.readers
                       OR OLD.published_revision_id IS DISTINCT FROM NEW.published_revision_id))
    EXECUTE FUNCTION articles_story_gate();

CREATE TRIGGER articles_review_kept BEFORE DELETE ON articles_review
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A review stays.');
CREATE TRIGGER articles_review_closed_once BEFORE UPDATE ON articles_review
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION articles_refuse('A closed review never changes.');

CREATE TRIGGER articles_schedule_kept BEFORE DELETE ON articles_schedule
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A schedule is cancelled, never deleted.');
CREATE TRIGGER articles_schedule_ended_once BEFORE UPDATE ON articles_schedule
    FOR EACH ROW WHEN (OLD.state <> 'waiting' AND (NEW.state <> OLD.state OR NEW.ended_at IS DISTINCT FROM OLD.ended_at))
    EXECUTE FUNCTION articles_refuse('A schedule ends once.');
-- Promise 2: it publishes the revision that was approved, whatever is saved meanwhile.
CREATE TRIGGER articles_schedule_revision_fixed BEFORE UPDATE ON articles_schedule
    FOR EACH ROW WHEN (OLD.revision_id IS DISTINCT FROM NEW.revision_id OR OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id)
    EXECUTE FUNCTION articles_refuse('A schedule never passes to other words.');

CREATE TRIGGER articles_receipt_kept BEFORE DELETE ON articles_receipt
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A receipt stays.');
CREATE TRIGGER articles_receipt_said_once BEFORE UPDATE ON articles_receipt
    FOR EACH ROW WHEN (OLD.acknowledged_at IS NOT NULL)
    EXECUTE FUNCTION articles_refuse('A receipt never changes.');

-- Who had the pen is who answers for what was posted with it: a row is ended once and stays.
CREATE TRIGGER articles_livepen_kept BEFORE DELETE ON articles_livepen
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('A live pen is taken back, never deleted.');
CREATE TRIGGER articles_livepen_fixed BEFORE UPDATE ON articles_livepen
    FOR EACH ROW WHEN (OLD.taken_back_at IS NOT NULL
                       OR (OLD.story_id, OLD.person_id, OLD.given_by_id, OLD.given_at, OLD.until)
                          IS DISTINCT FROM (NEW.story_id, NEW.person_id, NEW.given_by_id, NEW.given_at, NEW.until))
    EXECUTE FUNCTION articles_refuse('A live pen is taken back once and never changed otherwise.');
CREATE TRIGGER articles_livepost_append_only BEFORE UPDATE OR DELETE ON articles_livepost
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('Live posts are only added to.');

-- What readers were told, and what was put right, is never put right itself (promise 10).
CREATE TRIGGER articles_update_append_only BEFORE UPDATE OR DELETE ON articles_update
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers were told is only added to.');
CREATE TRIGGER articles_correction_append_only BEFORE UPDATE OR DELETE ON articles_correction
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('The record of a correction never changes.');
CREATE TRIGGER articles_correctedplace_append_only BEFORE UPDATE OR DELETE ON articles_correctedplace
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('The record of a correction never changes.');
CREATE TRIGGER articles_correction_complaints_append_only BEFORE UPDATE OR DELETE ON articles_correction_complaints
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('The record of a correction never changes.');

-- Evidence: whatever code or console asks, what readers were given stays as it was. What is removed says so in its
-- transaction, and is over a year old: no slip of a hand, no console and no wrong clock of a worker takes away what was
-- seen lately. A page whose rows still stand is held by their foreign key.
CREATE TRIGGER articles_seenpage_fixed BEFORE UPDATE ON articles_seenpage
    FOR EACH ROW WHEN (OLD.gathered_at IS NOT NULL OR OLD.digest <> NEW.digest OR OLD.packed <> NEW.packed
                       OR OLD.status <> NEW.status)
    EXECUTE FUNCTION articles_refuse('What readers saw never changes.');
CREATE TRIGGER articles_seenpage_kept BEFORE DELETE ON articles_seenpage
    FOR EACH ROW WHEN (coalesce(current_setting('newsroom.retention', true), '') <> 'over')
    EXECUTE FUNCTION articles_refuse('What readers saw stays.');
CREATE TRIGGER articles_sighting_fixed BEFORE UPDATE ON articles_sighting
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw never changes.');
CREATE TRIGGER articles_sighting_kept BEFORE DELETE ON articles_sighting
    FOR EACH ROW WHEN (coalesce(current_setting('newsroom.retention', true), '') <> 'over'
                       OR OLD.at > now() - interval '1 year')
    EXECUTE FUNCTION articles_refuse('What readers saw stays.');

CREATE TRIGGER articles_notewording_append_only BEFORE UPDATE OR DELETE ON articles_notewording
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('Earlier words of a note are only added to.');

CREATE SEQUENCE articles_board_changes;
CREATE FUNCTION articles_board_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A sequence takes no lock that others wait for: two people saving at once do not queue up behind the board.
    PERFORM nextval('articles_board_changes');
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_seen_by_board AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION articles_board_changed();
"""
    for table in SEEN_BY_BOARD
)

TRIGGERS = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)")
GUARDS_BACK = (
    "".join(f"DROP TRIGGER {name} ON {table};\n" for name, table in TRIGGERS.findall(GUARDS))
    + """
DROP FUNCTION articles_board_changed();
DROP SEQUENCE articles_board_changes;
DROP FUNCTION articles_story_gate();
DROP FUNCTION articles_refuse();
"""
)
