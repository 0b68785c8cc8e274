"""What a program that others wrote finds in the files that readers get: the credit in every one, nothing private in any."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from media_assets import cropping, crops
from tests.media_assets.made import files, taken
from tests.media_assets.test_stamp import private_jpeg

EXIFTOOL = shutil.which("exiftool")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(EXIFTOOL is None and os.environ.get("CI") != "true", reason="there is no exiftool"),
]
# What any picture of such a format says of itself.
PLAIN = {"SourceFile", "ExifTool", "System", "File", "JFIF", "RIFF", "Composite", "XMP-x", "QuickTime", "Meta"}
OURS = {
    "XMP-photoshop:Credit", "XMP-dc:Creator", "XMP-dc:Rights", "IFD0:Artist", "IFD0:Copyright",
    "IPTC:CodedCharacterSet", "IPTC:ApplicationRecordVersion", "IPTC:By-line", "IPTC:Credit", "IPTC:CopyrightNotice",
}  # fmt: skip


def told(folder: Path) -> dict[str, dict[str, Any]]:
    command = [str(EXIFTOOL), "-j", "-G1", "-a", "-u", "-charset", "exif=utf8", *map(str, sorted(folder.iterdir()))]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    return {Path(file["SourceFile"]).name: file for file in answer}


def test_exiftool_finds_the_credit_in_every_file_and_nothing_private_in_any(tmp_path: Path) -> None:
    asset = taken(private_jpeg(), creator="Zoë Ångström", copyright_notice="© 2025 Getty Images")
    made = files(asset)
    for shape in crops.SHAPES.values():
        for kind in ("avif", "webp", "jpg"):
            made[f"{shape.name}.{kind}"] = cropping.encoded(asset, shape, crops.widths(asset, shape)[0], kind)
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    read = told(tmp_path)
    assert len(read) == 24  # four widths and four crops, in three formats
    for name, file in read.items():
        assert file["XMP-photoshop:Credit"] == "Getty Images", name
        assert file["XMP-dc:Creator"] == "Zoë Ångström", name
        assert (file["IFD0:Artist"], file["IFD0:Copyright"]) == ("Zoë Ångström", "© 2025 Getty Images"), name
        assert not {"ExifTool:Warning", "ExifTool:Error"} & file.keys(), file
        assert {tag for tag in file if tag.split(":")[0] not in PLAIN and tag not in OURS} == set(), name
        assert not [tag for tag in file if "gps" in tag.lower() or "comment" in tag.lower()], name


def test_exiftool_would_have_found_what_the_original_has(tmp_path: Path) -> None:
    (tmp_path / "original.jpg").write_bytes(private_jpeg())
    read = told(tmp_path)["original.jpg"]
    assert {"GPS:GPSLatitude", "File:Comment", "IPTC:SpecialInstructions", "XMP-dc:Subject"} <= read.keys()
