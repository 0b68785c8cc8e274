"""A number that rises whenever the board may look otherwise: one look at it tells an open board whether to read anew."""

from django.db import migrations

TABLES = ("articles_draft", "articles_story", "articles_schedule", "articles_update", "articles_review")

FORWARD = """
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
    for table in TABLES
)

BACKWARD = (
    "".join(f"DROP TRIGGER {table}_seen_by_board ON {table};\n" for table in TABLES)
    + "DROP FUNCTION articles_board_changed();\nDROP SEQUENCE articles_board_changes;"
)


class Migration(migrations.Migration):
    dependencies = [("articles", "0017_corrections")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
