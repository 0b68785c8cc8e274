"""The desk's search: one row for each story, source and product with its words, written by triggers in the transaction
that changes them, so that no road around them exists. A part of 0001_squashed_0027 and of 0019_search."""

import unicodedata


# PostgreSQL's unaccent is an extension that not every server has. One letter for one letter: the places of the words
# stay the same, so that what is found can be marked in the text as it was written.
OTHERS = dict(zip("øØłŁđĐßæÆœŒþÞðÐıŋ", "oOlLdDsaAoOtTdDin", strict=True))


def _plain(letter: str) -> str:
    first = unicodedata.normalize("NFKD", letter)[0]
    return first if first.isascii() and first.isalpha() else ""


PLAIN = {
    letter: plain
    for letter in map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])
    if (plain := OTHERS.get(letter) or _plain(letter)) and plain != letter
}

SEARCH = """
CREATE FUNCTION articles_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- translate() compares every letter with every accented one: most texts have none.
    SELECT CASE WHEN words ~ '[À-ɏḀ-ỿ]' THEN translate(words, 'ACCENTED', 'LETTERS') ELSE words END
$$;

-- A body's words. An inline tag stands inside a word, any other between two.
CREATE FUNCTION articles_words(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(regexp_replace(regexp_replace(
        body, '</?(strong|em|s|sub|sup|a|q)( [^>]*)?>', '', 'g'), '<[^>]*>', ' ', 'g'),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&')
$$;

-- Names as they are written (simple) and words by their stem (english); beginnings of words are found in the first.
CREATE FUNCTION articles_vector(title text, words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('english', t), 'A') || setweight(to_tsvector('simple', t), 'A')
        || setweight(to_tsvector('english', w), 'C') || setweight(to_tsvector('simple', w), 'C')
    FROM (SELECT articles_fold(title) AS t, articles_fold(words) AS w OFFSET 0) AS folded
$$;

CREATE FUNCTION articles_keep_words(of_kind text, of_id bigint, at timestamptz, said text, text_ text)
RETURNS void LANGUAGE plpgsql AS $$  -- which keeps its plans, as sql does not
BEGIN
    -- A tsvector holds a megabyte: more would refuse the save. A hundred thousand letters are ten long stories.
    INSERT INTO articles_searchentry (kind, thing, touched_at, title, words, vector)
    SELECT of_kind, of_id, at, t, w, articles_vector(t, w)
    FROM (SELECT normalize(left(said, 1000)) AS t, normalize(left(text_, 100000)) AS w) AS cut
    ON CONFLICT (kind, thing) DO UPDATE
        SET touched_at = excluded.touched_at, title = excluded.title, words = excluded.words, vector = excluded.vector;
END $$;

-- What its open drafts say and what readers see, the newest headline first.
CREATE FUNCTION articles_search_story(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_keep_words('story', which, max(at), coalesce((array_agg(headline ORDER BY seen, at DESC))[1], ''),
        concat_ws(E'\\n', string_agg(said, E'\\n' ORDER BY seen, at DESC)))
    FROM (
        SELECT DISTINCT ON (revision) revision, at, seen, headline,
            concat_ws(E'\\n', headline, nullif(kicker, ''), nullif(standfirst, ''), articles_words(body)) AS said
        FROM (
            SELECT r.id AS revision, d.changed_at AS at, 0 AS seen, r.headline, r.kicker, r.standfirst, r.body
            FROM articles_draft d JOIN articles_revision r ON r.id = d.head_id
            WHERE d.story_id = which AND (d.standing <> 'closed'
                OR NOT EXISTS (SELECT FROM articles_story s WHERE s.id = which AND s.published_revision_id IS NOT NULL))
            UNION ALL
            SELECT r.id, s.visible_updated_at, 1, r.headline, r.kicker, r.standfirst, r.body
            FROM articles_story s JOIN articles_revision r ON r.id = s.published_revision_id WHERE s.id = which
        ) AS states ORDER BY revision, seen
    ) AS texts HAVING count(*) > 0;
END $$;

CREATE FUNCTION articles_search_source(source bigint) RETURNS void LANGUAGE sql AS $$
    SELECT articles_keep_words('source', s.id, s.added_at, concat_ws(', ', nullif(s.name, ''), nullif(s.description, '')),
        concat_ws(E'\\n', o.name, o.columnist, nullif(s.note, ''),
            (SELECT string_agg(q.words, E'\\n' ORDER BY q.id DESC) FROM articles_quotation q WHERE q.source_id = s.id)))
    FROM articles_source s LEFT JOIN articles_outlet o ON o.id = s.outlet_id WHERE s.id = source
$$;

CREATE FUNCTION articles_search_draft_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_story(NEW.story_id);
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_story_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_story(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_source_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_source(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_quotation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_source(NEW.source_id);
    IF TG_OP = 'UPDATE' THEN
        PERFORM articles_search_source(OLD.source_id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_outlet_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_search_source(s.id) FROM articles_source s WHERE s.outlet_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_product_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM articles_keep_words('product', NEW.id, now(), concat_ws(' ', NEW.maker, NEW.title), NEW.blurb);
    RETURN NULL;
END $$;
CREATE FUNCTION articles_search_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM articles_searchentry WHERE kind = TG_ARGV[0] AND thing = OLD.id;
    RETURN NULL;
END $$;

-- The head is named by every save, also by one that amends the revision it names already.
CREATE TRIGGER articles_draft_searched AFTER INSERT OR UPDATE OF head_id, standing ON articles_draft
    FOR EACH ROW EXECUTE FUNCTION articles_search_draft_changed();
CREATE TRIGGER articles_story_searched AFTER UPDATE OF published_revision_id, visible_updated_at ON articles_story
    FOR EACH ROW EXECUTE FUNCTION articles_search_story_changed();
CREATE TRIGGER articles_source_searched AFTER INSERT OR UPDATE OF name, description, note, outlet_id ON articles_source
    FOR EACH ROW EXECUTE FUNCTION articles_search_source_changed();
CREATE TRIGGER articles_quotation_searched AFTER INSERT OR UPDATE OF words, source_id ON articles_quotation
    FOR EACH ROW EXECUTE FUNCTION articles_search_quotation_changed();
CREATE TRIGGER articles_outlet_searched AFTER UPDATE OF name, columnist ON articles_outlet
    FOR EACH ROW EXECUTE FUNCTION articles_search_outlet_changed();
CREATE TRIGGER articles_product_searched AFTER INSERT OR UPDATE OF maker, title, blurb ON articles_product
    FOR EACH ROW EXECUTE FUNCTION articles_search_product_changed();
CREATE TRIGGER articles_story_unsearched AFTER DELETE ON articles_story
    FOR EACH ROW EXECUTE FUNCTION articles_search_gone('story');
CREATE TRIGGER articles_source_unsearched AFTER DELETE ON articles_source
    FOR EACH ROW EXECUTE FUNCTION articles_search_gone('source');
CREATE TRIGGER articles_product_unsearched AFTER DELETE ON articles_product
    FOR EACH ROW EXECUTE FUNCTION articles_search_gone('product');
""".replace("ACCENTED", "".join(PLAIN)).replace("LETTERS", "".join(PLAIN.values()))

TRIGGERS = {
    "draft": "searched",
    "story": "searched",
    "source": "searched",
    "quotation": "searched",
    "outlet": "searched",
    "product": "searched",
}
SEARCH_BACK = (
    "".join(f"DROP TRIGGER articles_{table}_searched ON articles_{table};\n" for table in TRIGGERS)
    + "".join(
        f"DROP TRIGGER articles_{table}_unsearched ON articles_{table};\n" for table in ("story", "source", "product")
    )
    + "".join(
        f"DROP FUNCTION articles_search_{name}_changed();\n"
        for name in ("draft", "story", "source", "quotation", "outlet", "product")
    )
    + """
DROP FUNCTION articles_search_gone();
DROP FUNCTION articles_search_source(bigint);
DROP FUNCTION articles_search_story(bigint);
DROP FUNCTION articles_keep_words(text, bigint, timestamptz, text, text);
DROP FUNCTION articles_vector(text, text);
DROP FUNCTION articles_words(text);
DROP FUNCTION articles_fold(text);
"""
)
