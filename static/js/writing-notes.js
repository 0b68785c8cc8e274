/* Notes, in the writing screen's rail or on their own page: kept in place, names offered after an @, the paragraph of
   the caret chosen by one key. Every form works without this file. */
(() => {
  "use strict";
  const spot = document.querySelector('[data-fragment="notes"]'), screen = window.writing;
  if (!spot) { return; }
  const where = screen ? "write" : "page", address = () => spot.querySelector(".note-form")?.action.replace(/new\/$/, "");
  const toast = (text, kind) => document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text, kind } }));
  const plain = (words) => words.replace(/\s+/g, " ").trim();

  // ---- talking to the server ----
  const send = (form) => screen ? screen.post(form.action, new FormData(form))
    : fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json", "X-Notes": where } });

  // What stands half-written in another form of the panel survives its being drawn again. A note that is being changed
  // keeps the number of the words that it began with: the desk says so when they were changed meanwhile.
  const begun = (field) => field.options ? [...field.options].find((one) => one.defaultSelected)?.value || "" : field.defaultValue;
  function draw(answer, sent) {
    const kept = [...spot.querySelectorAll("textarea, select")].filter((one) => one.form !== sent && one.value !== begun(one))
      .map((one) => [one.id, one.value, one.form.elements.version?.value]);
    const open = [...spot.querySelectorAll("details[open]")].map((one) => one.closest(".thread")?.id).filter(Boolean);
    spot.innerHTML = answer.html; // written and escaped by the server
    for (const [id, value, version] of kept) {
      const field = document.getElementById(id);
      if (field && field.value === begun(field)) { field.value = value; if (version) { field.form.elements.version.value = version; } }
    }
    for (const [id] of kept) { const details = document.getElementById(id)?.closest("details"); if (details) { details.open = true; } }
    if (open.length && spot.querySelector(".resolved .thread")) { open.forEach((id) => { const box = document.getElementById(id)?.closest(".resolved"); if (box) { box.open = true; } }); }
    for (const field of spot.querySelectorAll('input[name="here"]')) { field.value = where; }
    const dot = document.querySelector('[data-dot="notes"]');
    if (dot) { dot.textContent = answer.open; dot.hidden = !answer.open; }
    ready();
  }

  spot.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-note-form]");
    if (!form || !window.fetch) { return; }
    event.preventDefault();
    if (form.dataset.going) { return; }
    form.dataset.going = "yes";
    const thread = form.closest(".thread")?.id;
    try {
      const response = await send(form);
      if (response.status === 401) { throw new Error("You are signed out. Sign in in another tab, then send the note again."); }
      if (!response.ok && response.status !== 422) { throw new Error("The note was not kept: the desk did not answer. What you wrote is still here."); }
      const answer = await response.json();
      // Who writes on elsewhere meanwhile is not fetched back: the next keys would go into the note.
      const gone = document.activeElement !== document.body && !spot.contains(document.activeElement);
      draw(answer, form);
      if (response.ok) { document.dispatchEvent(new CustomEvent("desk:sent", { detail: form })); }
      const wrong = spot.querySelector("[aria-invalid]");
      if (answer.said) { toast(answer.said); } else if (wrong && gone) { toast("The note was not kept. Notes says why; what you wrote is still there.", "error"); }
      const stop = wrong || (thread && document.getElementById(thread)) || spot.querySelector("#note-words");
      if (!gone) { stop?.focus({ preventScroll: !wrong }); }
    } catch (error) {
      delete form.dataset.going;
      toast(error instanceof TypeError ? "The note was not kept: no connection. What you wrote is still here." : error.message, "error");
    }
  });

  async function refresh() {
    if (!address() || spot.contains(document.activeElement)) { return; }
    try {
      const response = await fetch(address(), { headers: { Accept: "application/json", "X-Notes": where } });
      const answer = response.ok && await response.json();
      // Somebody has begun to write here meanwhile: what is drawn anew would take the caret, and the next keys, away.
      if (answer && !spot.contains(document.activeElement)) { draw(answer, null); }
    } catch { /* the panel stays as it is: the next save asks again */ }
  }

  // ---- names after an @ ----
  let names = [], box = null, area = null, at = -1;
  const close = () => { box?.remove(); box = null; area?.removeAttribute("aria-activedescendant"); area?.removeAttribute("aria-controls"); };
  const options = () => box ? [...box.children] : [];
  function choose(option) {
    const end = area.selectionStart;
    area.setRangeText(`@${option.textContent} `, at, end, "end");
    close();
    area.focus();
  }
  function mark(number) {
    options().forEach((one, index) => one.setAttribute("aria-selected", String(index === number)));
    const one = options()[number];
    if (one) { area.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
  }
  function offer(field) {
    const before = field.value.slice(0, field.selectionStart), match = before.match(/(?<![\p{L}\p{N}_.@])@([\p{L}\p{N}'’. -]{0,40})$/u);
    close();
    if (!match) { return; }
    const typed = match[1].toLowerCase(), found = names.filter((name) => name.toLowerCase().startsWith(typed) || name.toLowerCase().split(" ").some((word) => typed && word.startsWith(typed))).slice(0, 8);
    if (!found.length || (found.length === 1 && found[0].toLowerCase() === typed)) { return; }
    area = field; at = before.length - match[0].length;
    box = document.createElement("div"); box.className = "names"; box.id = "note-names"; box.setAttribute("role", "listbox"); box.setAttribute("aria-label", "People who may read this story");
    box.append(...found.map((name, number) => { const one = document.createElement("div"); one.setAttribute("role", "option"); one.id = `note-name-${number}`; one.textContent = name; return one; }));
    box.addEventListener("mousedown", (event) => { const one = event.target.closest("[role=option]"); if (one) { event.preventDefault(); choose(one); } });
    field.after(box);
    field.setAttribute("aria-controls", "note-names");
    mark(0);
  }
  spot.addEventListener("input", (event) => { if (event.target.matches("[data-mentions]")) { offer(event.target); } });
  spot.addEventListener("focusout", () => setTimeout(() => { if (area && document.activeElement !== area) { close(); } }));
  spot.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-mentions]") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.target.form.requestSubmit(); return; }
    if (!box || event.isComposing) { return; }
    const now = options().findIndex((one) => one.getAttribute("aria-selected") === "true"), step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark((now + step + options().length) % options().length); }
    if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); choose(options()[now]); }
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
  });

  // ---- the text ----
  const root = () => screen?.editor?.editable()?.$;
  const paragraphs = () => root() ? [...root().children] : [];
  const words = (element) => plain(element.textContent || "");
  const same = (shown, element) => shown.endsWith("…") ? words(element).startsWith(shown.slice(0, -1)) : words(element) === shown;
  const find = (shown, number) => paragraphs().find((one) => same(shown, one)) || paragraphs()[number];

  function ready() {
    close();
    const list = document.getElementById("note-people");
    names = list ? JSON.parse(list.textContent) : [];
    for (const field of spot.querySelectorAll("[data-mentions]")) { field.setAttribute("aria-autocomplete", "list"); }
    if (!screen) { return; }
    screen.ready(() => {
      for (const one of spot.querySelectorAll("[data-note-here], [data-note-show]")) { one.hidden = false; }
      marks();
    });
  }
  function here() {
    const start = screen.editor.getSelection()?.getStartElement()?.$;
    const block = start && paragraphs().find((one) => one === start || one.contains(start));
    const select = document.getElementById("note-paragraph");
    const option = block && select && [...select.options].find((one) => one.value && same(one.dataset.words, block));
    if (!option) { toast(block ? "This paragraph is not saved yet. It can be chosen as soon as it is." : "Put the caret into a paragraph first.", "error"); return false; }
    select.value = option.value;
    return true;
  }
  spot.addEventListener("click", (event) => {
    if (event.target.closest("[data-note-here] button") && here()) { document.getElementById("note-words").focus(); }
    const show = event.target.closest("[data-note-show]");
    if (!show) { return; }
    const target = find(show.dataset.words, Number(show.dataset.noteShow));
    screen.closeRailOverText?.();
    screen.editor.focus();
    if (!target) { return; }
    target.scrollIntoView({ block: "center" });
    const range = screen.editor.createRange();
    range.moveToElementEditStart(new CKEDITOR.dom.element(target));
    range.select();
  });

  // A mark beside each paragraph with an open note; the tab lists the same for everybody.
  let margin = null;
  function marks() {
    const field = document.querySelector(".body-field");
    if (!field || !root()) { return; }
    if (!margin) { margin = document.createElement("div"); margin.className = "note-marks"; margin.setAttribute("aria-hidden", "true"); field.append(margin); }
    const counts = new Map(), top = margin.getBoundingClientRect().top;
    for (const one of spot.querySelectorAll(".thread:not(.is-resolved) [data-note-show]")) {
      const target = find(one.dataset.words, Number(one.dataset.noteShow));
      if (target) { counts.set(target, [...(counts.get(target) || []), one.closest(".thread").id]); }
    }
    margin.replaceChildren(...[...counts].map(([target, ids]) => {
      const button = document.createElement("button");
      button.type = "button"; button.tabIndex = -1; button.className = "btn mini bare"; button.textContent = `${ids.length} note${ids.length === 1 ? "" : "s"}`;
      button.style.top = `${Math.round(target.getBoundingClientRect().top - top)}px`;
      button.addEventListener("click", () => { tab(); document.getElementById(ids[0])?.focus(); });
      return button;
    }));
  }
  function tab() {
    const link = document.getElementById("tab-notes"), rail = document.getElementById("rail");
    if (link && (link.getAttribute("aria-selected") !== "true" || !rail.classList.contains("open"))) { link.click(); }
  }

  ready();
  if (!screen) { return; }
  screen.ready(() => { screen.changed(() => requestAnimationFrame(marks)); addEventListener("resize", marks); });
  // Once the words are saved, their new paragraphs can have notes as well.
  const saved = document.getElementById("saved");
  new MutationObserver(() => { if (saved.dataset.state === "saved") { refresh(); } }).observe(saved, { attributes: true, attributeFilter: ["data-state"] });
  document.addEventListener("keydown", (event) => {
    if (event.altKey && event.shiftKey && event.code === "KeyN" && screen.editor && document.getElementById("note-words")) { event.preventDefault(); here(); tab(); document.getElementById("note-words").focus(); }
  });
  // A link to a note, or back from the form of a browser without this script.
  const opened = () => { const id = location.hash.slice(1); if (id === "rail-notes" || id.startsWith("note-")) { tab(); document.getElementById(id)?.focus(); } };
  addEventListener("hashchange", opened);
  opened();
})();
