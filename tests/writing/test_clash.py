"""Two texts side by side."""

from __future__ import annotations

from articles.desk.clash import Text, rows


def body(*paragraphs: str) -> str:
    return "\n".join(f"<p>{text}</p>" for text in paragraphs)


A, B, C = "The gates opened at nine.", "By noon the queue reached the river.", "The palace said nothing."


def test_same_words_need_no_decision() -> None:
    found = rows(Text("K", "H", "S", body(A)), Text("K", "H", "S", body(A)))
    assert [(row.yours, row.same) for row in found] == [("K", True), ("H", True), ("S", True), (A, True)]


def test_a_field_stands_beside_the_same_field() -> None:
    found = rows(Text(headline="Mine", body=body(A)), Text("Theirs", "Theirs too", "", body(A)))
    assert [(row.yours, row.theirs) for row in found] == [
        ("", "<ins>Theirs</ins>"),
        ("<ins>Mine</ins>", "<ins>Theirs too</ins>"),
        (A, A),
    ]


def test_paragraphs_that_only_one_has() -> None:
    found = rows(Text(body=body("Quite new here.", A, C)), Text(body=body(A, B, C)))
    assert [(bool(row.yours), bool(row.theirs), row.same) for row in found] == [
        (True, False, False),
        (True, True, True),
        (False, True, False),
        (True, True, True),
    ]


def test_an_edited_paragraph_stands_beside_itself_with_its_words_marked() -> None:
    found = rows(Text(body=body(A, "By noon the queue reached the sea.")), Text(body=body("New first.", A, B)))
    assert (found[-1].yours, found[-1].theirs) == (
        "By noon the queue reached the <ins>sea.</ins>",
        "By noon the queue reached the <ins>river.</ins>",
    )


def test_every_paragraph_of_both_is_there_once_also_when_moved() -> None:
    found = rows(Text(body=body(C, A, B)), Text(body=body(A, B, C)))
    assert sorted(row.yours.replace("<ins>", "").replace("</ins>", "") for row in found if row.yours) == sorted(
        [A, B, C]
    )
    assert sorted(row.theirs.replace("<ins>", "").replace("</ins>", "") for row in found if row.theirs) == sorted(
        [A, B, C]
    )


def test_words_are_escaped() -> None:
    found = rows(Text(headline="<script>x</script>", body="<p>&lt;b&gt;</p>"), Text(headline="<i>", body=""))
    assert all("<script" not in row.yours and "<i>" not in row.theirs for row in found)
    assert "&lt;script&gt;" in found[0].yours
    assert found[1].yours == "<ins>&lt;b&gt;</ins>"


def test_a_block_is_named() -> None:
    found = rows(
        Text(body='<div data-block="image" data-id="4"></div>'), Text(body='<div data-block="image" data-id="3"></div>')
    )
    assert "4]" in found[0].yours
    assert "3]" in found[0].theirs
