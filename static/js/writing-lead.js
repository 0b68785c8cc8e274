/* The lead picture: a placement of its own, shown where readers will see it. */
writing.ready((editor) => {
  "use strict";
  const lead = document.getElementById("lead"), empty = lead.querySelector("[data-lead]"), host = lead.querySelector("[data-lead-card]"), field = writing.field("lead_image");
  const closed = "closed" in writing.form.dataset;
  if (!writing.kinds.image) { return; }
  let root = null;
  function draw(card) {
    if (!root) {
      root = host.attachShadow({ mode: "open" });
      const sheet = document.createElement("link"); sheet.rel = "stylesheet"; sheet.href = editor.config.newsCardCss;
      root.append(sheet, document.createElement("div"));
      root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-card]");
        if (!button || closed) { return; }
        if (button.dataset.card === "edit") { pick(); } else { set("", null); }
      });
    }
    root.lastChild.className = "card"; root.lastChild.innerHTML = card.html; // written and escaped by the server
    host.setAttribute("role", "group"); host.setAttribute("aria-label", card.label.replace(/^[^:]*/, "Lead picture"));
    document.dispatchEvent(new CustomEvent("writing:lead"));
  }
  function set(id, card) { field.value = id; show(card); writing.touch(); }
  async function show(card) {
    empty.hidden = !!field.value || closed; host.hidden = !field.value;
    if (!field.value) { return; }
    if (!card) {
      const key = `image:${field.value}`;
      try { card = (await (await fetch(`${writing.form.dataset.preview}?b=${encodeURIComponent(key)}`, { headers: { Accept: "application/json" } })).json())[key]; } catch { /* told in the card */ }
    }
    draw(card || { label: "Lead picture", html: '<p class="lost">This card could not be drawn just now. The picture itself is safe.</p>' });
  }
  function pick() { writing.pick({ kind: "image", edit: field.value, done: (placed) => { if (placed) { set(String(placed.id), placed.card); } (field.value ? host : empty).focus?.(); } }); }
  empty.addEventListener("click", pick);
  writing.leadChanged = () => show(null);
  writing.pickLead = pick;
  writing.setLead = (id) => set(String(id), null);
  show(null);
});
