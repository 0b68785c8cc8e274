/* The house's quotation marks: the rule of articles/house_style.py. A test holds the two beside each other; change
   both. Stands on writing-marks.js. */
(() => {
  "use strict";
  const OPENERS = "([{<“‘„‚«‹", DASHES = "–—-/", MEASURED = "½¼¾⅓⅔⅛";
  const FEET = /[0-9]['’] ?[0-9]{1,2}[½¼¾⅓⅔⅛]?$/u, ADDRESS = /(?:https?:\/\/|ftp:\/\/|www\.)(?:[^\s"'<>]|'(?=[A-Za-z0-9_/]))*/giu, MAIL = /[A-Za-z0-9_.'+-]{1,64}@[A-Za-z0-9]/uy;
  const is = (pattern, char) => !!char && pattern.test(char), space = (char) => is(/\s/u, char), digit = (char) => is(/\p{Nd}/u, char);
  const word = (char) => is(/[\p{L}\p{N}]/u, char), letter = (char) => is(/\p{L}/u, char);

  function closesNext(text, at) {
    let found = at + 1;
    while (found < text.length && !"\"“”".includes(text[found])) { found += 1; }
    if (found >= text.length || text[found] === "“") { return false; }
    return text[found] === "”" || !(space(text[found - 1]) || OPENERS.includes(text[found - 1]) || found === at + 1);
  }
  function double(text, at, out, open) {
    const before = out[at - 1] || "", after = text[at + 1] || "";
    if ((digit(before) || before && MEASURED.includes(before)) && (!open || FEET.test(out.slice(Math.max(0, at - 6), at).join("")) || closesNext(text, at))) { return "\""; }
    const edge = !before || space(before), blank = !after || space(after);
    if (edge && blank) { return open ? "”" : "\""; }
    if (edge || OPENERS.includes(before) || DASHES.includes(before) && !open) { return blank ? "”" : "“"; }
    return "”";
  }
  function single(text, at, out, open) {
    const before = out[at - 1] || "", after = text[at + 1] || "";
    MAIL.lastIndex = at + 1;
    if (word(before) && MAIL.test(text)) { return "'"; }
    if (digit(before) && !open && !letter(after)) { return "'"; }
    const edge = !before || space(before), blank = !after || space(after);
    if (edge && blank) { return open ? "’" : "'"; }
    if (edge || OPENERS.includes(before) || DASHES.includes(before) && !open) {
      if (blank) { return "’"; }
      return writing.elided(text, at + 1) && !writing.encloses(text, at) ? "’" : "‘";
    }
    return "’";
  }
  writing.curl = (text) => {
    if (!/["']/.test(text)) { return text; }
    const out = text.split(""), fixed = new Set();
    for (const found of text.matchAll(ADDRESS)) { for (let i = found.index; i < found.index + found[0].length; i += 1) { fixed.add(i); } }
    let inDouble = false, inSingle = false;
    for (let i = 0; i < text.length; i += 1) {
      if (!fixed.has(i)) {
        if (text[i] === "\"") { out[i] = double(text, i, out, inDouble); } else if (text[i] === "'") { out[i] = single(text, i, out, inSingle); }
      }
      if (out[i] === "“" || out[i] === "”") { inDouble = out[i] === "“"; }
      else if (out[i] === "‘" || out[i] === "’" && !word(text[i + 1])) { inSingle = out[i] === "‘"; }
    }
    return out.join("");
  };
})();
