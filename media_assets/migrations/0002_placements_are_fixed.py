from django.db import migrations

FIX = """
CREATE FUNCTION media_assets_placement_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An image placement is never changed; make a new one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER placement_is_fixed BEFORE UPDATE ON media_assets_imageplacement
    FOR EACH ROW EXECUTE FUNCTION media_assets_placement_is_fixed();
"""
LOOSEN = """
DROP TRIGGER placement_is_fixed ON media_assets_imageplacement;
DROP FUNCTION media_assets_placement_is_fixed();
"""


class Migration(migrations.Migration):
    """An approved revision names a placement by its id: nothing may change what it says, not even a bulk update."""

    dependencies = [("media_assets", "0001_initial")]

    operations = [migrations.RunSQL(FIX, LOOSEN)]
