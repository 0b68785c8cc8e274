"""What the database itself refuses, whatever code or console asks for it."""

from django.db import migrations

FORWARD = """
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
"""

BACKWARD = """
DROP TRIGGER articles_revision_sealed ON articles_revision;
DROP TRIGGER articles_movelog_append_only ON articles_movelog;
DROP TRIGGER articles_quoteplacement_fixed ON articles_quoteplacement;
DROP TRIGGER articles_productplacement_fixed ON articles_productplacement;
DROP TRIGGER articles_relatedplacement_fixed ON articles_relatedplacement;
DROP TRIGGER articles_quotation_words_fixed ON articles_quotation;
DROP TRIGGER articles_story_first_published ON articles_story;
DROP FUNCTION articles_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
