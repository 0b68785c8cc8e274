"""Every key of the writing screen. A test presses each of them, and finds none that is not here."""

from __future__ import annotations

from newsroom.deskui.keys import Key

KEYS = (
    Key("Ctrl S", "Save"),
    Key("Ctrl Z", "Undo"),
    Key("Ctrl Y", "Do it again"),
    Key("Ctrl Shift Z", "Do it again"),
    Key("Ctrl B", "Bold"),
    Key("Ctrl I", "Italic"),
    Key("Ctrl Shift V", "Paste the words alone"),
    Key("Alt Shift L", "Link"),
    Key("Alt Shift S", "Tie the selected quotation to its source"),
    Key("Alt Shift N", "A note on this paragraph"),
    Key("Ctrl Enter", "In a note: keep it"),
    Key("Alt Shift E", "Edit the selected block"),
    Key("Alt Shift ↑", "Move the selected block up"),
    Key("Alt Shift ↓", "Move the selected block down"),
    Key("← →", "Select a block beside the caret"),
    Key("Enter", "With a block selected: write below it. In the headline: go on to the standfirst, then the text"),
    Key("Shift Enter", "With a block selected: write above it. In the text: a new line of the same paragraph"),
    Key("Tab", "In a list: a step further in"),
    Key("Shift Tab", "In a list: a step back"),
    Key("Alt F10", "To the toolbar; arrows go along it, Esc goes back"),
    Key("↑ ↓", "On a tab beside the text: to the next one"),
    Key("Alt ↑", "On a name of the byline: further up"),
    Key("Alt ↓", "On a name of the byline: further down"),
)
