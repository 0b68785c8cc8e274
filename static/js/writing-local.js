/* A copy of unsaved text in this browser, until the server has confirmed a save. Offered back when the screen opens. */
(() => {
  "use strict";
  const form = writing.form, key = `writing:${form.dataset.person}:${form.dataset.story}:${form.dataset.kind}`;
  let clock;
  const read = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  writing.forget = () => { clearTimeout(clock); try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  writing.keepHere = () => {
    clearTimeout(clock);
    if (!writing.dirty()) { return; }
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), version: writing.version(), base: writing.field("base").value, fields: writing.fields() })); } catch { /* storage is full or refused: the form still has it */ }
  };
  // The text goes back with what it began from: the next save takes in what others did since.
  function put({ fields, base }) {
    if (base) { writing.field("base").value = base; }
    for (const [name, value] of Object.entries(fields)) { if (name !== "body" && writing.field(name)) { writing.field(name).value = value; writing.field(name).dispatchEvent(new Event("input")); } }
    writing.editor.setData(fields.body, { callback: () => { writing.editor.fire("saveSnapshot"); writing.touch(); } });
    writing.leadChanged?.();
  }
  function offer(copy) {
    const dialog = document.getElementById("local-dialog"), same = copy.version === writing.version(), when = new Date(copy.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const words = [copy.fields.kicker, copy.fields.headline, copy.fields.standfirst, writing.plain(copy.fields.body)].filter(Boolean).join("\n\n");
    dialog.querySelector("[data-said]").textContent = same
      ? `This text from ${when} was never saved. Nobody has changed the story since.`
      : `This text from ${when} was never saved. The story has been saved since: what was changed elsewhere stays, and of what was changed in the same place both texts are kept.`;
    document.getElementById("local-text").value = words;
    dialog.querySelector("[data-copy]").onclick = () => writing.copy(words);
    dialog.returnValue = "later"; dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "drop") { writing.forget(); bar.remove(); }
      if (dialog.returnValue === "restore") { put(copy); bar.remove(); }
    }, { once: true });
  }
  let bar = null;
  writing.ready(() => {
    const copy = read();
    if (copy && "unsaved" in form.dataset) { return; }
    if (copy && JSON.stringify(copy.fields) === JSON.stringify(writing.fields())) { writing.forget(); }
    else if (copy) {
      bar = document.createElement("section"); bar.className = "alarm warn kept"; bar.setAttribute("role", "status");
      const said = document.createElement("p"), open = document.createElement("button"), row = document.createElement("div");
      said.textContent = "This browser has kept text of this story that was never saved.";
      row.className = "row"; open.type = "button"; open.className = "btn"; open.textContent = "Look at it"; open.addEventListener("click", () => offer(copy));
      row.append(open); bar.append(said, row);
      document.getElementById("trouble").before(bar);
    }
    // Only from now on: the first change would otherwise write over the copy that is being offered.
    writing.changed(() => { clearTimeout(clock); clock = setTimeout(writing.keepHere, 400); });
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && writing.editor) { writing.keepHere(); } });
})();
