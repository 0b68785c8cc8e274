from django.db import migrations

# What is removed says so in its transaction, and is over a year old: no slip of a hand, no console and no wrong clock
# of a worker takes away what was seen lately. A page whose rows still stand is held by their foreign key.
FORWARD = """
DROP TRIGGER articles_seenpage_kept ON articles_seenpage;
CREATE TRIGGER articles_seenpage_kept BEFORE DELETE ON articles_seenpage
    FOR EACH ROW WHEN (coalesce(current_setting('newsroom.retention', true), '') <> 'over')
    EXECUTE FUNCTION articles_refuse('What readers saw stays.');
DROP TRIGGER articles_sighting_append_only ON articles_sighting;
CREATE TRIGGER articles_sighting_fixed BEFORE UPDATE ON articles_sighting
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw never changes.');
CREATE TRIGGER articles_sighting_kept BEFORE DELETE ON articles_sighting
    FOR EACH ROW WHEN (coalesce(current_setting('newsroom.retention', true), '') <> 'over'
                       OR OLD.at > now() - interval '1 year')
    EXECUTE FUNCTION articles_refuse('What readers saw stays.');
"""

BACKWARD = """
DROP TRIGGER articles_seenpage_kept ON articles_seenpage;
CREATE TRIGGER articles_seenpage_kept BEFORE DELETE ON articles_seenpage
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw stays.');
DROP TRIGGER articles_sighting_fixed ON articles_sighting;
DROP TRIGGER articles_sighting_kept ON articles_sighting;
CREATE TRIGGER articles_sighting_append_only BEFORE UPDATE OR DELETE ON articles_sighting
    FOR EACH ROW EXECUTE FUNCTION articles_refuse('What readers saw is only added to.');
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0025_note_wordings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
