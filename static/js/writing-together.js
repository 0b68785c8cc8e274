/* Several people in one text. Each paragraph carries its key in the editor; what others saved is put in paragraph by
   paragraph, around the words that are being typed; of what both changed, both texts are shown until somebody chooses. */
(() => {
  "use strict";
  const KEY = "data-cke-key"; // CKEditor leaves data-cke-* out of what it gives, and keeps it in undo
  const panel = document.getElementById("clashes"), names = ["kicker", "headline", "standfirst", "lead_image", "search_title", "search_description", "social_title", "social_description"];
  let waiting = [], sent = null;
  const contested = new Set(), overtaken = new Set();
  const settled = new Map();

  const root = () => writing.editor.editable().$;
  // The paragraphs as the server counts them: without those that are only there to type in.
  const elements = () => [...root().children].filter((node) => !node.hasAttribute("data-cke-temp") && !node.hasAttribute("data-cke-hidden-sel")
    && (node.localName === "hr" || node.querySelector("[data-block]") || node.textContent.replace(/[\s\u00a0\u200b]/g, "")));
  const block = (node) => node.querySelector?.("[data-block]");
  const look = (node) => { const one = block(node); return one ? `${one.dataset.block}:${one.dataset.id}` : node.innerHTML; };
  const quietly = (fn) => { writing.editor.fire("lockSnapshot"); try { fn(); } finally { writing.editor.fire("unlockSnapshot"); } };
  const keyOf = (node) => node.getAttribute(KEY) || "";
  // was: the keys when the nodes were sent; a node that got another since keeps that.
  const name = (nodes, keys, was) => quietly(() => nodes.forEach((node, number) => { if (keys[number] && (!was || keyOf(node) === was[number])) { node.setAttribute(KEY, keys[number]); } }));
  writing.numberOf = (key) => elements().findIndex((node) => keyOf(node) === key) + 1;
  writing.nodeOf = (key) => key && elements().find((node) => keyOf(node) === key);
  writing.placeOf = (node) => { while (node && node.parentNode !== root()) { node = node.parentNode; } return node?.getAttribute?.(KEY) || ""; };

  // Beside the words: which paragraph is which, what is in dispute here, what was chosen.
  writing.beside = () => {
    const nodes = elements(), seen = new Set();
    const keys = nodes.map((node) => { const key = keyOf(node); if (!key || seen.has(key)) { return ""; } seen.add(key); return key; });
    sent = { nodes, keys: nodes.map(keyOf), looks: nodes.map(look), words: nodes.map((node) => node.textContent), contested: [...contested], fields: Object.fromEntries(names.map((one) => [one, writing.field(one).value])), settled: [...settled.keys()], overtaken: [...overtaken] };
    return { keys: JSON.stringify(keys), contested: JSON.stringify([...contested]), settled: JSON.stringify(Object.fromEntries(settled)), overtaken: JSON.stringify(sent.overtaken) };
  };

  // The answer to a save: names for new paragraphs, others' words, what is in dispute now.
  // taken: this page now stands on what the server keeps. came: the places of others' words that are new here.
  writing.takeIn = async (answer) => {
    const asked = sent;
    sent.settled.forEach((id) => { settled.delete(id); contested.delete(id); });
    sent.overtaken.forEach((place) => overtaken.delete(place));
    if (asked.nodes.length === answer.keys.length) { name(asked.nodes, answer.keys, asked.keys); }
    const seen = new Map(waiting.map((clash) => [clash.id, clash.theirs]));
    waiting = answer.clashes;
    const known = new Set(waiting.map((clash) => clash.id));
    [...contested].forEach((id) => { if (!known.has(id)) { contested.delete(id); } });
    waiting.filter((clash) => clash.new).forEach((clash) => contested.add(clash.id));
    const before = panel.childElementCount;
    panel.innerHTML = answer.clash_html; // written and escaped by the server
    wire();
    // In dispute, or just decided here: what stands there is this page's.
    const mine = new Set(waiting.filter(({ id }) => contested.has(id) || settled.has(id) || asked.contested.includes(id)).map((clash) => clash.place));
    const came = arrivals(answer, asked, mine, seen), taken = !answer.joined || await join(answer, asked, seen, mine) !== false;
    const fresh = waiting.filter((clash) => clash.new).length;
    const news = fresh ? [`${fresh === 1 ? "A colleague changed the paragraph you are in" : "A colleague changed places you changed"}. Both texts are kept; choose above the text.`] : [];
    news.push(...answer.chosen); // the page goes on in a colleague's choice, or a colleague's order of paragraphs gave way
    if (!news.length && before && !waiting.length) { news.push("Chosen."); }
    if (news.length) { announce(news.join(" ")); }
    if (taken) { writing.field("base").value = answer.base; }
    return { taken, came };
  };
  // A place each: changed, new or put elsewhere there, taken out (with what it said), or in dispute.
  function arrivals({ joined, keys }, asked, mine, seen) {
    if (!joined) { return []; }
    const there = joined.paragraphs.map((one) => one.key), came = new Map();
    const known = asked.nodes.length === keys.length, was = (key) => { const number = known ? keys.indexOf(key) : -1; return number < 0 ? "" : asked.words[number]; };
    const put = (place, gone) => { if (!mine.has(place) && !came.has(place)) { came.set(place, { place, gone, was: asked.fields[place] ?? was(place) }); } };
    waiting.forEach((clash) => { if (clash.new || seen.has(clash.id) && seen.get(clash.id) !== clash.theirs) { came.set(clash.place, { place: clash.place }); } });
    Object.keys(joined.fields).forEach((field) => put(field));
    joined.paragraphs.forEach(({ key, html }) => { if (html !== undefined) { put(key); } });
    keys.forEach((key) => { if (!there.includes(key)) { put(key, was(key)); } });
    const stayed = keys.filter((key) => there.includes(key)), moved = there.filter((key) => keys.includes(key)).find((key, number) => key !== stayed[number]);
    if (moved) { put(moved); }
    return [...came.values()];
  }

  function announce(text) { document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text, kind: "success" } })); }

  function join({ joined, keys }, asked, seen, mine) {
    // Decided on words that have changed since: again.
    waiting.filter(({ id, theirs }) => settled.has(id) && seen.has(id) && seen.get(id) !== theirs).forEach((clash) => overtaken.add(clash.place));
    for (const [field, value] of Object.entries(joined.fields)) {
      if (mine.has(field)) { continue; }
      const input = writing.field(field);
      if (input.value !== asked.fields[field]) { overtaken.add(field); continue; }
      input.value = value; input.dispatchEvent(new Event("input"));
      if (field === "lead_image") { writing.leadChanged?.(); }
    }
    if (asked.nodes.length !== keys.length) { return whole(joined); }
    const was = new Map(asked.nodes.map((node, number) => [keys[number], asked.looks[number]]));
    const caret = bookmark();
    let changed = false;
    quietly(() => {
      const live = new Map(elements().map((node) => [keyOf(node), node]));
      const touched = (node, key) => look(node) !== was.get(key);
      const stays = new Set(joined.paragraphs.map((one) => one.key));
      for (const [key, node] of live) {
        if (!key || stays.has(key) || mine.has(key)) { continue; }
        if (touched(node, key)) { overtaken.add(key); } else { node.remove(); changed = true; }
      }
      let last = null;
      for (const { key, html } of joined.paragraphs) {
        let node = live.get(key);
        if (!node && html === undefined) { continue; } // taken out here while the answer was on its way
        if (node && html !== undefined && !mine.has(key)) {
          if (touched(node, key)) { overtaken.add(key); } else { const fresh = made(html, key); node.replaceWith(fresh); node = fresh; changed = true; }
        } else if (!node) {
          if (was.has(key) && !mine.has(key)) { overtaken.add(key); continue; } // changed there, taken out here
          if (mine.has(key)) { continue; }
          node = made(html, key); place(node, last); changed = true;
        }
        if (last && last.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) { place(node, last); changed = true; }
        last = node;
      }
      if (changed) { writing.editor.widgets.checkWidgets({ initOnlyNew: true }); }
    });
    restore(caret);
    if (changed) { writing.editor.resetUndo(); writing.editor.fire("change"); } // an undo would take others' words out
  }
  const place = (node, last) => { if (last) { last.after(node); } else { root().prepend(node); } };
  function made(html, key) {
    const holder = document.createElement("div");
    holder.innerHTML = writing.editor.dataProcessor.toHtml(html); // cleaned by the server, filtered by the editor
    const node = holder.firstElementChild;
    node.setAttribute(KEY, key);
    return node;
  }
  // The page counts other paragraphs than the server: the whole text is put in. If something was typed meanwhile, this
  // answer is let go; the next save compares with the old beginning again. False: not taken in.
  function whole(joined) {
    const now = elements();
    if (now.length !== sent.nodes.length || now.some((node, number) => look(node) !== sent.looks[number])) { return false; }
    return new Promise((done) => writing.editor.setData(joined.body, { callback: () => { name(elements(), joined.paragraphs.map((one) => one.key)); writing.editor.resetUndo(); done(true); } }));
  }
  function bookmark() {
    const selection = getSelection();
    if (!selection.rangeCount || !root().contains(selection.anchorNode)) { return null; }
    const key = writing.placeOf(selection.anchorNode), node = writing.nodeOf(key);
    if (!node || block(node)) { return null; }
    const range = document.createRange(); range.setStart(node, 0); range.setEnd(selection.anchorNode, selection.anchorOffset);
    return { key, node, at: range.toString().length };
  }
  function restore(caret) {
    if (!caret || caret.node.isConnected) { return; }
    const node = writing.nodeOf(caret.key);
    if (!node) { return; }
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let left = caret.at, text = walker.nextNode();
    while (text && left > text.length) { left -= text.length; const next = walker.nextNode(); if (!next) { left = text.length; break; } text = next; }
    if (text) { getSelection().collapse(text, Math.min(left, text.length)); }
  }

  // A choice: what it says is put into the text, and the next save settles it.
  function wire() {
    panel.querySelectorAll("[data-clash-go]").forEach((button) => { button.hidden = false; });
  }
  panel.addEventListener("click", (event) => {
    const form = event.target.closest("[data-clash]");
    if (!form || !writing.editor) { return; }
    if (event.target.closest("[data-clash-go]")) { go(form.dataset.place); }
  });
  const go = writing.goToPlace = (where) => {
    const node = writing.field(where) || writing.nodeOf(where);
    if (!node) { return; }
    node.scrollIntoView({ block: "center" });
    if (node.focus && writing.field(where)) { node.focus(); return; }
    writing.editor.focus();
    const range = writing.editor.createRange(); range.moveToElementEditStart(new CKEDITOR.dom.element(node)); range.select();
  };
  panel.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-clash]"), choice = event.submitter?.value, clash = form && waiting.find((one) => String(one.id) === form.dataset.clash);
    if (!clash || !writing.editor) { return; } // a card from before the first save: the plain form settles it
    event.preventDefault();
    if (writing.field(clash.place)) { chooseField(clash, choice); } else { chooseParagraph(clash, choice); }
    settled.set(clash.id, choice); contested.delete(clash.id);
    form.remove();
    writing.touch(); writing.save();
  });
  function chooseField(clash, choice) {
    const input = writing.field(clash.place), mine = contested.has(clash.id) ? input.value : clash.yours;
    input.value = choice === "yours" ? mine : choice === "theirs" ? clash.theirs : `${clash.theirs} ${mine}`.trim();
    input.dispatchEvent(new Event("input"));
    if (clash.place === "lead_image") { writing.leadChanged?.(); }
  }
  function chooseParagraph(clash, choice) {
    writing.editor.fire("saveSnapshot");
    quietly(() => {
      const node = writing.nodeOf(clash.place), own = contested.has(clash.id);
      const put = (html, key, behind) => { const fresh = made(html, key); if (!key) { fresh.removeAttribute(KEY); } place(fresh, behind); return fresh; };
      if (choice === "theirs" && own) { if (!clash.theirs) { node?.remove(); } else if (node) { node.replaceWith(made(clash.theirs, clash.place)); } else { put(clash.theirs, clash.place, writing.nodeOf(clash.after)); } }
      if (choice === "yours" && !own) { if (!clash.yours) { node?.remove(); } else if (node) { node.replaceWith(made(clash.yours, clash.place)); } else { put(clash.yours, "", writing.nodeOf(clash.after)); } }
      if (choice === "both" && own && node) { const theirs = made(clash.theirs, clash.place); node.before(theirs); node.removeAttribute(KEY); }
      if (choice === "both" && !own) { put(clash.yours, "", node || writing.nodeOf(clash.after)); }
      writing.editor.widgets.checkWidgets({ initOnlyNew: true });
    });
    writing.editor.fire("saveSnapshot"); writing.editor.fire("change");
  }

  // What the page begins from has names already; clashes of before are told with the first answer.
  writing.ready(() => { const keys = JSON.parse(document.getElementById("writing-keys").textContent), nodes = elements(); if (nodes.length === keys.length) { name(nodes, keys); } wire(); if (panel.querySelector("[data-clash]")) { setTimeout(() => writing.pull(), 0); } });
})();
