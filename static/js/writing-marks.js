/* Which quotation marks of a paragraph belong together: the rule of articles/marks.py, while somebody types. A test
   holds the two beside each other; change both. writing-curl.js asks it too. */
(() => {
  "use strict";
  const closers = { "“": "”", "‟": "”", "„": "“”‟\"", "⹂": "‟”", "❝": "❞", "«": "»", "»": "«", "〝": "〞〟", "「": "」", "『": "』", "｢": "｣", "\"": "\"", "＂": "＂" };
  const angles = { "‹": "›", "›": "‹" }, singles = { "‘": "’'", "‛": "’'", "'": "'’", "❛": "❜", "‚": "‘’'" };
  const strays = "”❞」』｣", elisions = new Set("tis twas twere twill til till em n cause cos bout".split(" "));
  const marks = new Set([...Object.keys(closers), ...Object.values(closers).join(""), ...Object.keys(angles)]);
  const word = (char) => /[\p{L}\p{N}]/u.test(char), space = (char) => /\s/.test(char), part = (text, from, to) => text.slice(Math.max(from, 0), to);

  function stray(text, at) {
    if (text[at] !== "’") { return !!text[at] && strays.includes(text[at]); }
    return at > 0 && ".,!?…".includes(text[at - 1]) && !word(part(text, at + 1, at + 2));
  }
  function opens(text, at) {
    const before = part(text, at - 1, at), after = part(text, at + 1, at + 2);
    if (word(before) || !after || space(after)) { return false; }
    return text[at] !== "'" || !before || space(before) || "([{<–—-/“„«‹".includes(before);
  }
  function elided(text, at) {
    let end = at;
    while (end < text.length && word(text[end])) { end += 1; }
    return /\p{Nd}/u.test(text[at] || "") || elisions.has(text.slice(at, end).toLowerCase());
  }
  function possessive(text, at) {
    const next = part(text, at + 2, at + 3), goesOn = word(next) || ("'’".includes(next || "-") && elided(text, at + 3));
    if (!space(part(text, at + 1, at + 2)) || !goesOn) { return false; }
    return "sS".includes(text[at - 1]) || ["in", "an", "’n", "'n", "‘n"].includes(text.slice(at - 2, at).toLowerCase());
  }
  function single(text, at, ends, first) {
    const char = text[at], doubtful = elided(text, at + 1);
    let bound = at + 1;
    while (bound < text.length && !(text[bound] === char && opens(text, bound))) { bound += 1; }
    for (const certain of [true, false]) {
      for (const closer of singles[char]) {
        for (let i = at + 2; i < bound; i += 1) {
          if (text[i] !== closer || space(text[i - 1]) || word(part(text, i + 1, i + 2))) { continue; }
          if (ends.has(i + 1) || !possessive(text, i) || !(certain || doubtful)) { return i + 1; }
        }
      }
    }
    return char !== "'" && !doubtful && at === first ? text.length : 0;
  }
  function ending(text, at, ends, first) {
    const char = text[at];
    if (stray(text, at)) { return at + 1; }
    if (char in closers) {
      if (char === "\"" && /\p{Nd}/u.test(part(text, at - 1, at))) { return 0; }
      let end = at + 1;
      while (end < text.length && !closers[char].includes(text[end])) { end += 1; }
      return Math.min(end + 1, text.length);
    }
    if (char in angles) {
      const bound = text.indexOf(char, at + 1);
      return part(text, 0, bound > 0 ? bound : text.length).indexOf(angles[char], at + 1) + 1;
    }
    return char in singles && opens(text, at) ? single(text, at, ends, first) : 0;
  }
  // [start, end] of every pair, the marks included; ends: where tied quotations end.
  writing.pairs = (text, ends = new Set()) => {
    const found = [], first = text.length - text.trimStart().length;
    for (let at = 0, begun = 0; at < text.length;) {
      const end = ending(text, at, ends, first);
      if (!end) { at += 1; continue; }
      found.push([stray(text, at) ? begun : at, end]);
      begun = at = end;
    }
    return found;
  };
  writing.elided = elided;
  // What a voice would say (articles.quotation_marks.spoken): £5 is not $5, and 3.5 not 3-5.
  const SPOKEN = /[$€£¥]|%|(?<![\p{L}\p{N}])-(?=\p{Nd})|[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+|(?<=\p{Nd})[.,:/](?=\p{Nd})[\p{L}\p{N}]+)*/gu;
  writing.said = (words) => {
    const text = words.normalize("NFKC").replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/gu, "").toLowerCase().replace(/[’ʼ]/gu, "'").replace(/−/gu, "-");
    return (text.match(SPOKEN) || []).map((one) => one === "%" || one === "percent" ? "per cent" : one.replace(/(?<=\p{Nd}),(?=\p{Nd}{3}(?!\p{Nd}))/gu, "")).join(" ")
      .replace(/(?<=\p{Nd}) per cent(?![\p{L}\p{N}_])/gu, "%").replace(/([$€£¥]) (?=-?\p{Nd})/gu, "$1");
  };
  writing.encloses = (text, at) => opens(text, at) && !!single(text, at, new Set(), -1);
  writing.bare = (words) => {
    const strip = (given) => {
      const text = [...given.trim()]; // whole characters
      while (text.length && marks.has(text[0])) { text.shift(); }
      while (text.length && marks.has(text.at(-1))) { text.pop(); }
      return text.join("").trim();
    };
    let text = strip(words);
    while (text.length > 1 && text[0] in singles && singles[text[0]].includes(text.at(-1))) { text = strip(text.slice(1, -1)); }
    if (stray(text, text.length - 1)) { text = text.slice(0, -1); }
    return text.replace(/^[‘‛❛‚]+/, "").trim();
  };
})();
