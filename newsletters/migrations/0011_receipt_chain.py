"""The chain over all receipts, and the versions of a newsletter as it is offered: written by PostgreSQL itself.

One chain over the whole ledger, not one for each person: with a chain each, a person's receipts could vanish together and
nothing would show it. It costs a lock that is held from a receipt's INSERT to the end of its transaction, so receipts
are written one transaction after the other. That is milliseconds for a confirmation or a leave, and nothing in a sending
writes receipts. The lock is taken after the rows of subscribers, by everybody; who writes receipts of many people locks all
of them first (newsletters/importing.py), or two such could wait for each other.

What is hashed, so that somebody else can work it out: each value as a netstring (its length in bytes, a colon, the value,
a comma; nothing is the empty value), one after the other, in UTF-8.

    words    text, version, list date as YYYY-MM-DD of the wording, then name and address of each company
    content  act, address hash, subscriber, purpose, wording, words, list version, story, page, form, how, asked at, at
    digest   seq, digest of the receipt before ("" for the first), content

Each is SHA-256 in hexadecimal; times are UTC, 2025-09-11T08:00:00.000000Z.
"""

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION newsletters_netstring(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT octet_length(coalesce(value, ''))::text || ':' || coalesce(value, '') || ','
$$;
CREATE FUNCTION newsletters_sha256(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(value, 'UTF8')), 'hex')
$$;
CREATE FUNCTION newsletters_moment(value timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
CREATE FUNCTION newsletters_words(wording bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT newsletters_sha256(
        newsletters_netstring(w.text) || newsletters_netstring(w.version::text)
        || newsletters_netstring(to_char(w.list_date, 'YYYY-MM-DD'))
        || coalesce((
            SELECT string_agg(newsletters_netstring(c.value ->> 'name') || newsletters_netstring(c.value ->> 'address'), ''
                              ORDER BY c.ordinality)
            FROM jsonb_array_elements(w.companies) WITH ORDINALITY AS c), ''))
    FROM newsletters_wording w WHERE w.id = wording
$$;
CREATE FUNCTION newsletters_receipt_content(r newsletters_consentreceipt) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT newsletters_sha256(
        newsletters_netstring(r.act) || newsletters_netstring(r.address_hash)
        || newsletters_netstring(r.subscriber_id::text) || newsletters_netstring(r.purpose_id::text)
        || newsletters_netstring(r.wording_id::text) || newsletters_netstring(newsletters_words(r.wording_id))
        || newsletters_netstring(r.list_version_id::text) || newsletters_netstring(r.story_id::text)
        || newsletters_netstring(r.page_path) || newsletters_netstring(r.form) || newsletters_netstring(r.how)
        || newsletters_netstring(newsletters_moment(r.asked_at)) || newsletters_netstring(newsletters_moment(r.at)))
$$;
CREATE FUNCTION newsletters_receipt_digest(seq bigint, previous text, content text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT newsletters_sha256(
        newsletters_netstring(seq::text) || newsletters_netstring(previous) || newsletters_netstring(content))
$$;
CREATE FUNCTION newsletters_receipt_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    -- Held to the end of the transaction: without it two receipts written at once would both follow the same one.
    PERFORM pg_advisory_xact_lock(hashtext('newsletters_consentreceipt'));
    SELECT seq, digest INTO last FROM newsletters_consentreceipt WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.previous := coalesce(last.digest, '');
    NEW.content := newsletters_receipt_content(NEW);
    NEW.digest := newsletters_receipt_digest(NEW.seq, NEW.previous, NEW.content);
    RETURN NEW;
END $$;
"""
# Receipts that were written before there was a chain are its first links, in the order in which they were written.
FILL = """
ALTER TABLE newsletters_consentreceipt DISABLE TRIGGER newsletters_consentreceipt_append_only;
DO $$
DECLARE
    each newsletters_consentreceipt;
    number bigint := 0;
    before text := '';
    said text;
BEGIN
    FOR each IN SELECT * FROM newsletters_consentreceipt ORDER BY id LOOP
        number := number + 1;
        said := newsletters_receipt_content(each);
        UPDATE newsletters_consentreceipt SET seq = number, previous = before, content = said,
               digest = newsletters_receipt_digest(number, before, said) WHERE id = each.id;
        before := newsletters_receipt_digest(number, before, said);
    END LOOP;
END $$;
SET CONSTRAINTS ALL IMMEDIATE;  -- a row changed twice in one transaction has its keys checked at the end of it
ALTER TABLE newsletters_consentreceipt ENABLE TRIGGER newsletters_consentreceipt_append_only;
CREATE TRIGGER newsletters_receipt_link BEFORE INSERT ON newsletters_consentreceipt
    FOR EACH ROW EXECUTE FUNCTION newsletters_receipt_link();
"""
LISTS = """
CREATE FUNCTION newsletters_list_offered(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last newsletters_listversion;
    now_offered newsletters_listversion;
BEGIN
    SELECT n.name, n.promise, n.rhythm, n.sender_name,
           coalesce((SELECT jsonb_agg(p.slug ORDER BY o.position, o.id) FROM newsletters_newsletterpurpose o
                     JOIN newsletters_purpose p ON p.id = o.purpose_id WHERE o.newsletter_id = n.id), '[]'::jsonb)
      INTO now_offered.name, now_offered.promise, now_offered.rhythm, now_offered.sender_name, now_offered.boxes
      FROM newsletters_newsletter n WHERE n.id = wanted FOR NO KEY UPDATE OF n;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT * INTO last FROM newsletters_listversion WHERE newsletter_id = wanted ORDER BY version DESC LIMIT 1;
    IF FOUND AND (last.name, last.promise, last.rhythm, last.sender_name, last.boxes) IS NOT DISTINCT FROM
                 (now_offered.name, now_offered.promise, now_offered.rhythm, now_offered.sender_name, now_offered.boxes) THEN
        RETURN;
    END IF;
    INSERT INTO newsletters_listversion (newsletter_id, version, name, promise, rhythm, sender_name, boxes, made_at)
    VALUES (wanted, coalesce(last.version, 0) + 1, now_offered.name, now_offered.promise, now_offered.rhythm,
            now_offered.sender_name, now_offered.boxes, statement_timestamp());
END $$;
CREATE FUNCTION newsletters_list_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'newsletters_newsletter' THEN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM newsletters_listversion WHERE newsletter_id = OLD.id;
        ELSE
            PERFORM newsletters_list_offered(NEW.id);
        END IF;
    ELSE
        IF TG_OP <> 'INSERT' THEN PERFORM newsletters_list_offered(OLD.newsletter_id); END IF;
        IF TG_OP <> 'DELETE' THEN PERFORM newsletters_list_offered(NEW.newsletter_id); END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION newsletters_list_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A version of a newsletter is never changed.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER newsletters_list_fixed BEFORE UPDATE ON newsletters_listversion
    FOR EACH ROW EXECUTE FUNCTION newsletters_list_fixed();
CREATE TRIGGER newsletters_list_changed AFTER INSERT OR UPDATE OR DELETE ON newsletters_newsletter
    FOR EACH ROW EXECUTE FUNCTION newsletters_list_changed();
CREATE TRIGGER newsletters_list_changed AFTER INSERT OR UPDATE OR DELETE ON newsletters_newsletterpurpose
    FOR EACH ROW EXECUTE FUNCTION newsletters_list_changed();
SELECT newsletters_list_offered(id) FROM newsletters_newsletter;
"""
BACK = """
DROP TRIGGER newsletters_list_changed ON newsletters_newsletterpurpose;
DROP TRIGGER newsletters_list_changed ON newsletters_newsletter;
DROP TRIGGER newsletters_list_fixed ON newsletters_listversion;
DROP FUNCTION newsletters_list_fixed(), newsletters_list_changed(), newsletters_list_offered(bigint);
DROP TRIGGER newsletters_receipt_link ON newsletters_consentreceipt;
DROP FUNCTION newsletters_receipt_link(), newsletters_receipt_digest(bigint, text, text),
    newsletters_receipt_content(newsletters_consentreceipt), newsletters_words(bigint), newsletters_moment(timestamptz),
    newsletters_sha256(text), newsletters_netstring(text);
"""


def name_addresses(apps, schema_editor):
    """Put each earlier receipt's address beside it as a keyed hash, as every later one has it."""
    from newsletters import keyed

    if not settings.ADDRESS_KEYS:
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE newsletters_consentreceipt DISABLE TRIGGER newsletters_consentreceipt_append_only")
        for pk, normalised in (
            apps.get_model("newsletters", "Subscriber").objects.values_list("pk", "normalised").iterator()
        ):
            cursor.execute(
                "UPDATE newsletters_consentreceipt SET address_hash = %s WHERE subscriber_id = %s",
                [keyed.one(normalised), pk],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE newsletters_consentreceipt ENABLE TRIGGER newsletters_consentreceipt_append_only")


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0010_consent_records")]

    operations = [
        migrations.RunPython(name_addresses, migrations.RunPython.noop),
        migrations.RunSQL(FUNCTIONS + FILL + LISTS, BACK),
    ]
