"""What word processors and web pages put on the clipboard, as they write it, and what a story keeps of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Clipboard:
    """name: of the test. html, plain: both kinds of the clipboard. stored: the body after a save."""

    name: str
    html: str
    stored: str
    plain: str = "plain"


WORD = Clipboard(
    "word",
    """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document><meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="file:///C:/Users/ann/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- @font-face {font-family:"Cambria Math";} p.MsoNormal, li.MsoNormal {mso-style-unhide:no; margin:0cm; font-size:12.0pt;} @list l0:level1 {mso-level-number-format:bullet;} --></style></head>
<body lang=EN-GB link="#0563C1" style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1 style='margin-top:12.0pt'><b><span style='mso-fareast-font-family:"Times New Roman"'>The walk<o:p></o:p></span></b></h1>
<p class=MsoNormal style='margin-bottom:8.0pt'><span style='font-size:11.0pt;mso-fareast-language:EN-US'>The gates&nbsp;opened at <b style='mso-bidi-font-weight:normal'>nine</b>, “in <i>good</i> time”, <ins cite="mailto:Ann%20Hale" datetime="2025-09-11T09:00">said the</ins><del cite="mailto:Ann%20Hale" datetime="2025-09-11T09:01"> old</del> porter.<a style='mso-comment-reference:AH_1;mso-comment-date:20250911T0900'></a><span class=MsoCommentReference><span style='font-size:8.0pt'><a class=msocomanchor id="_anchor_1" href="#_msocom_1" name="_msoanchor_1">[AH1]</a><span style='mso-special-character:comment'>&nbsp;</span></span></span><a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'>[1]</span></span></a><o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>bread<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:"Courier New";mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>brown<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>tea<o:p></o:p></p>
<p class=MsoNormal><a href="https://ok.example/x" style='color:#0563C1'>A link</a> and <a href="file:///C:/secret.docx">a file</a>.<img width=20 height=20 src="file:///C:/Temp/clip_image001.png" v:shapes="Picture_x0020_1"><o:p></o:p></p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0'><td width=301 valign=top style='width:225.4pt;border:solid windowtext 1.0pt'><p class=MsoNormal>Noon<o:p></o:p></p></td><td width=301 style='width:225.4pt'><p class=MsoNormal>1,200<o:p></o:p></p></td></tr></table>
<!--EndFragment--><div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width="33%"><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1" title=""><span class=MsoFootnoteReference>[1]</span></a> Who was there.<o:p></o:p></p></div></div>
<div style='mso-element:comment-list'><hr class=msocomoff align=left size=1 width="33%"><div style='mso-element:comment'><div id="_com_1" class=msocomtxt><p class=MsoCommentText>Check this<o:p></o:p></p></div></div></div></body></html>""",
    "<h2>The walk</h2>\n<p>The gates opened at <strong>nine</strong>, “in <em>good</em> time”, said the porter.[1]</p>\n"
    "<ul><li>bread<ul><li>brown</li></ul></li><li>tea</li></ul>\n"
    '<p><a href="https://ok.example/x">A link</a> and a file.</p>\n'
    "<table><tbody><tr><td><p>Noon</p></td><td><p>1,200</p></td></tr></tbody></table>\n<p>[1] Who was there.</p>",
)
DOCS = Clipboard(
    "google docs",
    """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-2f1c9e3a-7fff"><h2 dir="ltr" style="line-height:1.38;margin-top:18pt"><span style="font-size:16pt;font-family:Arial;color:#000000;font-weight:400;white-space:pre-wrap;">The walk</span></h2>
<p dir="ltr" style="line-height:1.38;margin-top:0pt"><span style="font-size:11pt;font-family:Arial;font-weight:700;font-style:normal;white-space:pre-wrap;">Nine</span><span style="font-size:11pt;font-weight:400;font-style:normal;white-space:pre-wrap;"> o’clock, </span><span style="font-size:11pt;font-weight:400;font-style:italic;white-space:pre-wrap;">sharp</span><span style="font-weight:700;font-style:italic;">!</span><a href="https://ok.example/x" style="text-decoration:none;"><span style="font-size:11pt;color:#1155cc;font-weight:400;text-decoration:underline;">A link</span></a></p><br>
<ul style="margin-top:0;margin-bottom:0;padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">bread</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr" role="presentation"><span style="font-weight:400;">brown</span></p></li></ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span style="font-weight:400;">tea</span></p></li></ul>
<div dir="ltr" style="margin-left:0pt;" align="left"><table style="border:none;border-collapse:collapse;"><colgroup><col width="301"><col width="301"></colgroup><tbody><tr style="height:0pt"><td style="border:solid #000 1pt;"><p dir="ltr"><span style="font-weight:400;">Noon</span></p></td><td><br></td></tr></tbody></table></div><p dir="ltr"><span style="font-weight:400;"><span style="border:none;display:inline-block;overflow:hidden;width:20px;height:20px;"><img src="https://lh7.example/a.png" width="20" height="20"></span></span></p><p dir="ltr"><span style="font-weight:400;">Last.</span></p></b><br class="Apple-interchange-newline">""",
    "<h2>The walk</h2>\n<p><strong>Nine</strong> o’clock, <em>sharp</em><strong><em>!</em></strong>"
    '<a href="https://ok.example/x">A link</a></p>\n'
    "<ul><li>bread<ul><li>brown</li></ul></li><li>tea</li></ul>\n"
    "<table><tbody><tr><td><p>Noon</p></td><td></td></tr></tbody></table>\n<p>Last.</p>",
)
WEB = Clipboard(
    "web page",
    """<meta charset='utf-8'><style>.x{color:red}</style><article class="story x" id="main" onclick="alert(1)"><h1 class="title" style="color:rgb(0,0,0);font:700 32px Georgia">The walk</h1>
<div class="share" role="toolbar"><button type="button">Share</button><svg viewBox="0 0 1 1"><title>Icon</title><path d="M0 0"/></svg></div>
<p style="margin:0px;color:rgb(17,17,17);-webkit-text-stroke-width:0px;white-space:normal;"><span style="font-weight:600">Nine</span>&nbsp;o'clock,&nbsp; she said &quot;<em class="hl">now</em>&quot;. <a href="javascript:alert(1)" class="bad">Bad</a> <a href="//evil.example/">other</a> <a href="https://ok.example/x?a=1&amp;b='2'" target="_blank" rel="noopener" onclick="x()">good</a>.</p>
<figure class="image"><img src="https://x.example/a.jpg" alt="A hat" onerror="alert(2)"><figcaption>The hat. Picture: Ann</figcaption></figure>
<script>alert(3)</script><noscript>no script</noscript><iframe src="https://x.example/"></iframe><template><p>tpl</p></template>
<blockquote class="tweet"><p>Quoted</p></blockquote><div><div><div>In divs</div></div></div><pre><code>let a = "b";</code></pre>
<table class="outer"><tbody><tr><td><table><tbody><tr><td>inner</td></tr></tbody></table></td><td style="width:3px">outer</td></tr></tbody></table><form><input value="typed"><textarea>area</textarea></form><p>Last&nbsp;&nbsp;one.</p></article>""",
    "<h2>The walk</h2>\n"
    "<p><strong>Nine</strong> o’clock, she said “<em>now</em>”. Bad other "
    "<a href=\"https://ok.example/x?a=1&amp;b='2'\">good</a>.</p>\n"
    '<p>The hat. Picture: Ann</p>\n<blockquote><p>Quoted</p></blockquote>\n<p>In divs</p>\n<p>let a = "b";</p>\n'
    "<table><tbody><tr><td><p>inner</p></td><td>outer</td></tr></tbody></table>\n<p>Last one.</p>",
)
PLAIN = Clipboard(
    "plain text",
    "",
    "<p>First “line” &amp; more.</p>\n<p>Second, it’s &lt;b&gt;.</p>",
    'First "line" & more.\n\nSecond, it\'s <b>.',
)
ALL = [WORD, DOCS, WEB, PLAIN]
