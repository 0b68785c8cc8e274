"""A purpose's address stands in letters and receipts lead there: with its first wording it is fixed, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION newsletters_purpose_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM newsletters_wording WHERE purpose_id = OLD.id) THEN
        RAISE EXCEPTION 'The address of a purpose with a wording never changes.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER newsletters_purpose_address BEFORE UPDATE ON newsletters_purpose
    FOR EACH ROW WHEN (OLD.slug IS DISTINCT FROM NEW.slug) EXECUTE FUNCTION newsletters_purpose_address();
"""
BACKWARD = """
DROP TRIGGER newsletters_purpose_address ON newsletters_purpose;
DROP FUNCTION newsletters_purpose_address();
"""


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0003_shown_stories")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
