"""How CKEditor is set up for the body of a story. Imported by the settings, so it must not need the apps.

The server's allow list (newsroom.blocks.cleaning) is the authority on what is stored; the rules here only keep the
writer from seeing something that a save would take away. Each rule is asserted by ``CKEDITOR.filter.check()`` in
tests/writing, because one malformed rule silently drops every rule after it.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from js_asset import static_lazy

BLOCK = "div[!data-block,!data-id]"
QUOTATION = "q[!data-quotation]"

BODY: dict[str, Any] = {
    # CKEditor must not call home to compare versions: connect-src allows only ourselves.
    "versionCheck": False,
    "fullPage": False,
    "customConfig": "",
    "stylesSet": False,
    # The widget crashes when Django has no active language (USE_I18N is off), so the language is named.
    "language": "en-gb",
    "defaultLanguage": "en-gb",
    "skin": "moono-lisa",
    # Our own toolbar: CKEditor's needs inline handlers, which the page's CSP refuses.
    "toolbar": [],
    "toolbarLocation": "nowhere",
    "height": "auto",
    "width": "auto",
    "title": "Body",
    "applicationTitle": "The story’s text",  # else it is read out with the field’s own id
    "editorplaceholder": "Write the story",
    "entities": False,
    "basicEntities": True,
    "htmlEncodeOutput": False,
    "autoParagraph": True,
    "ignoreEmptyParagraph": True,
    "forceSimpleAmpersand": False,
    "disableNativeSpellChecker": False,
    "allowedContent": (
        f"p h2 h3 h4 ul ol li blockquote strong em s sub sup br hr; a[!href]; {QUOTATION}; {BLOCK}; "
        "table thead tbody tr; th[scope,colspan,rowspan]; td[colspan,rowspan]; caption"
    ),
    "disallowedContent": (
        "script style iframe object embed form input meta link base svg math; *[on*]; *[style]; *{*}; *(*)"
    ),
    "pasteFilter": (
        "p h1 h2 h3 h4 h5 h6 ul ol li blockquote strong b em i s strike del sub sup br; a[!href]; "
        f"table thead tbody tr; th td[colspan,rowspan]; {BLOCK}; {QUOTATION}; span{{font-weight,font-style}}"
    ),
    "format_tags": "p;h2;h3;h4",
    "coreStyles_bold": {"element": "strong", "overrides": "b"},
    "coreStyles_italic": {"element": "em", "overrides": "i"},
    "removePlugins": ",".join(
        [
            "a11yhelp",
            "about",
            "bidi",
            "colorbutton",
            "colordialog",
            "contextmenu",
            "copyformatting",
            "dialogadvtab",
            "div",
            "elementspath",
            "exportpdf",
            "filebrowser",
            "find",
            "flash",
            "font",
            "forms",
            "iframe",
            "image",
            "indentblock",
            "justify",
            "language",
            "liststyle",
            "magicline",
            "maximize",
            "newpage",
            "pagebreak",
            "pastefromgdocs",
            "preview",
            "print",
            "resize",
            "save",
            "scayt",
            "showblocks",
            "showborders",
            "smiley",
            "specialchar",
            "stylescombo",
            "tableselection",
            "tabletools",
            "templates",
            "uploadimage",
            "uploadwidget",
            "wsc",
        ]
    ),
    "newsPreviewUrl": reverse_lazy("articles-desk:block-preview"),
    "newsCardCss": static_lazy("editor/cards.css"),
    "extra_plugins": ["newsblocks"],
    "external_plugin_resources": [("newsblocks", static_lazy("editor/newsblocks.js"), "")],
}

CKEDITOR_CONFIGS: dict[str, dict[str, Any]] = {"default": {}, "body": BODY}
