/* The rail: labelled tabs, one panel. Open beside the text on a wide screen, over it on a narrow one; Escape closes. */
(() => {
  "use strict";
  const rail = document.getElementById("rail"), tabs = [...rail.querySelectorAll("[role=tab]")], panels = [...rail.querySelectorAll("[role=tabpanel]")];
  const narrow = matchMedia("(max-width: 60rem)");
  const current = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
  const open = (is) => { rail.classList.toggle("open", is); rail.classList.toggle("shut", !is); };
  function choose(tab) {
    tabs.forEach((one) => { const is = one === tab; one.setAttribute("aria-selected", String(is)); one.tabIndex = is ? 0 : -1; });
    panels.forEach((panel) => { panel.hidden = panel.id !== tab.getAttribute("aria-controls"); });
  }
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      const again = tab === current() && rail.classList.contains("open");
      choose(tab); open(!again);
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === " ") { event.preventDefault(); tab.click(); }
      if (!step) { return; }
      event.preventDefault();
      const next = tabs[(number + step + tabs.length) % tabs.length];
      choose(next); next.focus();
    });
  });
  rail.addEventListener("click", (event) => { if (event.target.closest("[data-rail-close]")) { open(false); current().focus(); } });
  rail.addEventListener("keydown", (event) => { if (event.key === "Escape" && narrow.matches && rail.classList.contains("open")) { open(false); current().focus(); } });
  writing.closeRailOverText = () => { if (narrow.matches) { open(false); } };
  const asked = tabs.find((tab) => tab.hash === location.hash); // a move's page leads to #rail-sources
  choose(asked || tabs[0]); open(!narrow.matches || !!asked);
  narrow.addEventListener("change", () => open(!narrow.matches));

  // "Go there" of a check: a field, a block by its kind and id, an element of the body by its number, the lead picture;
  // "sources" is the tab in which words are tied or waived, "moves" the menu in which a hold or an embargo is lifted.
  const fields = { slug: "story_slug", topics: "story_topics", search_title: "id_search_title", search_description: "id_search_description", social_title: "id_social_title", social_description: "id_social_description" };
  rail.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go-to]");
    if (button) { goTo(button.dataset.goTo); }
  });
  function goTo(where) {
    const [name, number] = where.split(":"), editor = writing.editor;
    if (name === "sources") { choose(document.getElementById("tab-sources")); open(true); document.getElementById("rail-sources").focus(); return; }
    if (fields[name]) {
      const spot = document.getElementById(fields[name]);
      choose(tabs[0]); open(true);
      (spot?.matches("input, textarea") ? spot : spot?.querySelector("input"))?.focus();
      return;
    }
    writing.closeRailOverText();
    if (name === "moves") {
      const menu = document.querySelector('[data-fragment="moves"] details');
      // After this click, which closes every menu that it is not in.
      if (menu) { setTimeout(() => { menu.open = true; menu.querySelector("summary").focus(); }); }
      return;
    }
    if (name === "lead_image") { const lead = document.getElementById("lead"); lead.scrollIntoView({ block: "center" }); lead.querySelector("button:not([hidden])")?.focus(); return; }
    if (writing.field(name) && name !== "body") { writing.field(name).focus(); return; }
    if (!editor) { return; }
    const root = editor.editable().$;
    const target = name === "body" ? root.children[Number(number)] : root.querySelector(`[data-block="${CSS.escape(name)}"][data-id="${CSS.escape(number || "")}"]`);
    editor.focus();
    if (!target) { return; }
    target.scrollIntoView({ block: "center" });
    const widget = editor.widgets.getByElement(new CKEDITOR.dom.element(target));
    if (widget) { widget.focus(); } else { const range = editor.createRange(); range.moveToElementEditStart(new CKEDITOR.dom.element(target)); range.select(); }
  }
  // A move's page leads to a place in the text: #at=body:3
  if (location.hash.startsWith("#at=")) { const where = decodeURIComponent(location.hash.slice(4)); writing.ready(() => goTo(where)); }

  // The Story tab is saved by itself; the text stays as it is.
  rail.addEventListener("submit", async (event) => {
    const form = event.target.closest("#story-form");
    if (!form) { return; }
    event.preventDefault();
    const spot = rail.querySelector('[data-fragment="story"]');
    try {
      const response = await writing.post(form.action, new FormData(form));
      if (response.status === 401) { throw new Error("You are signed out. Sign in in another tab, then save the details again."); }
      const answer = await response.json();
      const gone = document.activeElement !== document.body && !spot.contains(document.activeElement); // writing on elsewhere
      spot.innerHTML = answer.html; // written and escaped by the server
      if (response.ok) { document.dispatchEvent(new CustomEvent("desk:sent", { detail: form })); }
      document.querySelector("[data-byline]").textContent = answer.byline;
      if (answer.version) { document.querySelectorAll("[data-story-version]").forEach((input) => { input.value = answer.version; }); }
      const wrong = spot.querySelector("[aria-invalid]");
      if (!gone) { (wrong || spot.querySelector("button"))?.focus(); } else if (wrong) { document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text: "The details were not saved. The Story tab says why.", kind: "error" } })); }
    } catch (error) {
      document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text: error.message.startsWith("You") ? error.message : "The details were not saved: the desk did not answer. What you chose is still here.", kind: "error" } }));
    }
  });
})();
