/* Others' words that came into this page: marked where they stand until this person has had them before the eyes. A move
   names the version of what was seen, and is not sent while something was not: it says what came, and waits for another
   press. Without this one press would approve, or put before readers, what its editor never read. */
(() => {
  "use strict";
  const box = document.getElementById("news"), bars = document.getElementById("came");
  const LOOKED = 1500, STAYS = 8000, STEP = 300; // ms: to be seen, marked after that, between two looks
  const news = new Map(); // place -> { by, was, gone, since, seen }: what it said before; what one said that was taken out
  let version = writing.field("expected_version").value, clock, shown = null;

  const unseen = () => [...news].filter(([, one]) => !one.seen);
  const card = (place) => document.querySelector(`[data-clash][data-place="${CSS.escape(place)}"]`);
  const spot = (place) => card(place) || (place === "lead_image" ? document.getElementById("lead") : writing.field(place) || writing.nodeOf(place));
  // What lies over it (a dialog, the panel on a phone) hides it.
  function before(node) {
    const place = node.getBoundingClientRect(), top = Math.max(place.top, 0), bottom = Math.min(place.bottom, innerHeight);
    if (!place.width || bottom <= top || bottom - top < Math.min(place.height, innerHeight / 2) * 0.8) { return false; }
    const over = document.elementFromPoint(Math.min(Math.max(place.left + place.width / 2, 0), innerWidth - 1), (top + bottom) / 2);
    return !!over && (node.contains(over) || over.contains(node));
  }
  const label = (place) => {
    if (place === "lead_image") { return "Lead picture"; }
    if (writing.field(place)) { return writing.field(place).labels[0]?.textContent.trim() || place; }
    const number = writing.numberOf(place);
    return number ? `Paragraph ${number}` : "A paragraph";
  };
  const tidy = (words) => words.replace(/\s+/g, " ").trim();
  const short = (words) => words.length > 240 ? `${words.slice(0, 240).replace(/\s+\S*$/, "")} …` : words;
  // What it says now, from a little before the first word that is new to a little after the last.
  const says = (place, was) => {
    const field = writing.field(place), now = place === "lead_image" ? [] : tidy(field ? field.value : writing.nodeOf(place)?.textContent || "").split(" "), then = tidy(was || "").split(" ");
    let from = 0, end = 0;
    while (from < now.length && now[from] === then[from]) { from += 1; }
    while (end < now.length - from && end < then.length - from && now.at(-1 - end) === then.at(-1 - end)) { end += 1; }
    from = Math.max(from - 6, 0); end = Math.max(end - 6, 0);
    return `${from ? "… " : ""}${short(now.slice(from, now.length - end).join(" "))}${end ? " …" : ""}`;
  };
  const names = (all) => { const who = [...new Set(all.flatMap(([, one]) => one.by))]; return who.length > 1 ? `${who.slice(0, -1).join(", ")} and ${who.at(-1)}` : who[0]; };

  // Whatever form stands there, drawn by whatever answer: it names what this person has seen.
  function settle() {
    if (!unseen().length) { version = writing.version(); if (!("held" in (shown?.dataset || {}))) { tell(null); } }
    document.querySelectorAll("[data-version]").forEach((input) => { input.value = version; });
  }
  function draw() {
    const ranges = [], top = bars.getBoundingClientRect().top, here = new Set(writing.others?.().map((one) => one.place));
    document.querySelectorAll(".line.came").forEach((line) => line.classList.remove("came"));
    bars.replaceChildren(...[...news].map(([place, one]) => {
      const field = writing.field(place), node = !field && writing.nodeOf(place);
      field?.closest?.(".line")?.classList.add("came");
      if (!node) { return null; }
      const range = document.createRange(); range.selectNodeContents(node); ranges.push(range);
      if (here.has(place)) { return null; } // whose words they are stands there already
      const at = node.getBoundingClientRect(), bar = document.createElement("div"), tag = document.createElement("span");
      bar.className = "at"; bar.style.top = `${at.top - top}px`; bar.style.height = `${at.height}px`;
      tag.className = "tag"; tag.textContent = one.by[0].split(/[\s,]+/)[0];
      bar.append(tag);
      return bar;
    }).filter(Boolean));
    if (window.Highlight && CSS.highlights) { CSS.highlights.set("came", new Highlight(...ranges)); }
  }
  function look() {
    clearTimeout(clock);
    const now = Date.now(), open = document.visibilityState === "visible";
    let changed = false;
    for (const [place, one] of news) {
      if (one.seen) { if (now - one.seen > STAYS) { news.delete(place); changed = true; } continue; }
      const node = !one.gone && spot(place);
      if (!open || !node || !before(node)) { one.since = null; continue; }
      one.since ??= now;
      if (now - one.since >= LOOKED) { one.seen = now; changed = true; }
    }
    if (changed) { settle(); draw(); }
    if (news.size) { clock = setTimeout(look, STEP); }
  }
  const read = () => { const now = Date.now(); unseen().forEach(([, one]) => { one.seen = now; }); settle(); draw(); look(); };

  // What came, in the dialog that is open or above the text. null: nothing is to be told any more.
  function tell(where, held) {
    shown?.remove(); shown = null;
    if (!where) { return; }
    const all = unseen(), part = document.createElement("section"), said = document.createElement("p"), strong = document.createElement("strong"), list = document.createElement("ul"), row = document.createElement("div");
    part.className = "alarm warn news"; part.setAttribute("role", "alert");
    if (held) { part.dataset.held = ""; }
    strong.textContent = held ? `Not sent: ${names(all)} changed this text.` : `${names(all)} changed this text while this was open.`;
    said.append(strong, held ? " You have not seen these words yet. Read them, then press again." : " Read what came before you go on.");
    list.append(...all.slice(0, 8).map(([place, one]) => {
      const line = document.createElement("li"), name = document.createElement("b"), words = one.gone === undefined ? says(place, one.was) : short(tidy(one.gone));
      name.textContent = one.gone === undefined ? label(place) : "Taken out";
      line.append(name, words ? `: ${words}` : "");
      return line;
    }));
    if (all.length > 8) { const line = document.createElement("li"); line.textContent = `And ${all.length - 8} more; all are marked in the text.`; list.append(line); }
    const button = (text, act) => { const one = document.createElement("button"); one.type = "button"; one.className = "btn"; one.textContent = text; one.addEventListener("click", act); row.append(one); };
    const first = all.find(([place, one]) => one.gone === undefined && spot(place))?.[0];
    if (first) { button("Show it in the text", () => { where.closest("dialog")?.close(); card(first) ? card(first).scrollIntoView({ block: "center" }) : writing.goToPlace(first); }); }
    button("I have read it", () => { tell(null); read(); });
    row.className = "row"; part.append(said, list, row);
    where.prepend(part); shown = part;
    where.closest("dialog")?.addEventListener("close", () => { if (shown === part) { tell(null); } }, { once: true });
    if (where === box) { box.scrollIntoView({ block: "nearest" }); }
  }
  writing.news = {
    settle,
    came(places, by) {
      const who = by.map((name) => name || "You, in another window");
      places.forEach(({ place, gone, was }) => news.set(place, { by: who.length ? who : ["A colleague"], gone, was: news.get(place)?.seen === 0 ? news.get(place).was : was, since: null, seen: 0 }));
      if (!places.length) { return; }
      draw(); look();
      const asking = document.querySelector("dialog[open] [data-move]");
      if (asking?.querySelector("[data-version]") && unseen().length) { tell(asking); }
    },
    // True: this move waits, because its person has not seen what it would act on. The next press goes.
    holds(move) {
      const named = move.querySelector("[data-version]");
      if (!named) { return false; }
      const waits = unseen().length > 0;
      if (waits) { tell(move.closest("dialog") ? move : box, true); read(); }
      named.value = version;
      return waits;
    },
  };
  writing.ready(() => { version = writing.version(); writing.changed(() => { if (news.size) { draw(); } }); addEventListener("resize", () => { if (news.size) { draw(); } }); });
})();
