"""What a picture is: taken, drawn, or made or altered by AI."""

from __future__ import annotations

from django.db import models


class SourceType(models.TextChoices):
    """In a person's words; ``IPTC`` has the term of IPTC's vocabulary that stands for each."""

    PHOTOGRAPH = "photograph", "Photograph, film or scan"
    EDITED = "edited", "Put together or edited, without AI"
    DRAWN = "drawn", "Drawn, designed or computed, without AI"
    AI_ALTERED = "ai_altered", "Altered with AI"
    AI_MADE = "ai_made", "Made with AI"


VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
IPTC = {
    SourceType.PHOTOGRAPH: "digitalCapture",
    SourceType.EDITED: "humanEdits",
    SourceType.DRAWN: "digitalCreation",
    SourceType.AI_ALTERED: "compositeWithTrainedAlgorithmicMedia",
    SourceType.AI_MADE: "trainedAlgorithmicMedia",
}
# What files say, in lower case (cv.iptc.org/newscodes/digitalsourcetype, retired terms included).
MEANT = {
    **dict.fromkeys(
        ("digitalcapture", "computationalcapture", "negativefilm", "positivefilm", "print", "screencapture"),
        SourceType.PHOTOGRAPH,
    ),
    **dict.fromkeys(
        ("humanedits", "minorhumanedits", "composite", "compositecapture", "algorithmicallyenhanced"), SourceType.EDITED
    ),
    **dict.fromkeys(
        ("digitalcreation", "digitalart", "softwareimage", "virtualrecording", "datadrivenmedia", "algorithmicmedia"),
        SourceType.DRAWN,
    ),
    "compositewithtrainedalgorithmicmedia": SourceType.AI_ALTERED,
    "compositesynthetic": SourceType.AI_ALTERED,  # "composite including generative AI elements"
    "trainedalgorithmicmedia": SourceType.AI_MADE,
    "trainedalgorithmicdata": SourceType.AI_MADE,
}


def meant(term: str) -> str:
    """What a file's digital source type (an address of the vocabulary, or its last word) means: a ``SourceType``, or "" where
    we do not know it."""
    return MEANT.get(term.rstrip("/ ").rsplit("/", 1)[-1].rsplit(":", 1)[-1].casefold(), "")


LABELLED = {SourceType.AI_ALTERED, SourceType.AI_MADE}  # readers are told
