/* A copy of unsaved text in this browser, until the server has confirmed a save. Each open page keeps its own; what a
   page left behind that is gone is offered back when the screen opens, and stays until somebody has decided. */
(() => {
  "use strict";
  const form = writing.form, story = `writing:${form.dataset.person}:${form.dataset.story}:`, all = `${story}${form.dataset.kind}`, own = `${all}:${writing.pen}`;
  // A copy belongs to its kind of draft; where none of that kind is open any more, to whichever is.
  const open = form.dataset.openKinds.split(" ");
  const ours = (key) => { if (!key.startsWith(story)) { return false; } const kind = key.slice(story.length).split(":")[0]; return kind === form.dataset.kind || !open.includes(kind); };
  const taken = new Set(); // copies whose words stand in this page now: they go when it is saved
  let clock;
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const drop = (key) => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };
  writing.forget = () => { clearTimeout(clock); [own, ...taken].forEach(drop); taken.clear(); };
  // False: this browser keeps nothing, its storage is full or shut. The form still has the words, and is told apart.
  writing.keepHere = () => {
    clearTimeout(clock);
    if (!writing.dirty()) { return true; }
    try {
      localStorage.setItem(own, JSON.stringify({ at: Date.now(), draft: form.dataset.draft, version: writing.version(), base: writing.field("base").value, fields: writing.fields() }));
      return true;
    } catch { return false; }
  };
  // An open page holds a lock of its copy's name: its words are its own to save, no other page offers them.
  navigator.locks?.request(own, () => new Promise(() => {})).catch(() => {});
  async function left() {
    let keys = [];
    try { keys = Object.keys(localStorage); } catch { return []; } // shut by the browser's settings
    const held = new Set(navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : []);
    return keys.filter((key) => ours(key) && key !== own && !held.has(key))
      .map((key) => ({ key, ...read(key) })).filter((copy) => copy.fields).sort((one, other) => other.at - one.at);
  }

  // The text goes back with what it began from: the next save takes in what others did since. Under another name for
  // this page: what it has saved itself meanwhile counts as another's, or the kept text would stand in its place.
  async function put(copy) {
    if (writing.dirty() && !await writing.save()) { tell("What you have typed by now is not saved yet. The kept text can come back once it is."); return false; }
    const { fields, base } = copy;
    taken.add(copy.key);
    writing.newPen();
    if (base) { writing.field("base").value = base; }
    for (const [name, value] of Object.entries(fields)) { if (name !== "body" && writing.field(name)) { writing.field(name).value = value; writing.field(name).dispatchEvent(new Event("input")); } }
    writing.editor.setData(fields.body, { callback: () => { writing.editor.fire("saveSnapshot"); writing.touch(); } });
    writing.leadChanged?.();
    return true;
  }
  const tell = (text) => document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text, kind: "warning" } }));
  function offer(copy, bar) {
    const dialog = document.getElementById("local-dialog"), same = copy.version === writing.version() && (copy.draft ?? form.dataset.draft) === form.dataset.draft, closed = "closed" in form.dataset, again = "again" in form.dataset, when = new Date(copy.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const words = [copy.fields.kicker, copy.fields.headline, copy.fields.standfirst, writing.plain(copy.fields.body)].filter(Boolean).join("\n\n");
    // A closed draft takes nothing in: the words are there to be read, and the next draft's page offers them.
    dialog.querySelector("[data-restore]").hidden = closed; dialog.querySelector("[data-again]").hidden = !(closed && again);
    dialog.querySelector("[data-said]").textContent = closed
      ? `This text from ${when} was never saved. This draft is closed and takes nothing in any more. ${again ? "Write an update: its page offers you this text again." : "Copy what you need."}`
      : same
      ? `This text from ${when} was never saved. Nobody has changed the story since.`
      : `This text from ${when} was never saved. The story has been saved since: what was changed elsewhere stays, and of what was changed in the same place both texts are kept.`;
    document.getElementById("local-text").value = words;
    dialog.querySelector("[data-copy]").onclick = () => writing.copy(words);
    dialog.returnValue = "later"; dialog.showModal();
    dialog.addEventListener("close", async () => {
      if (dialog.returnValue === "drop") { drop(copy.key); bar.remove(); }
      if (dialog.returnValue === "restore" && await put(copy)) { bar.remove(); }
    }, { once: true });
  }
  function show(copy) {
    const bar = document.createElement("section"), said = document.createElement("p"), open = document.createElement("button"), row = document.createElement("div");
    bar.className = "alarm warn kept"; bar.setAttribute("role", "status");
    said.textContent = "This browser has kept text of this story that was never saved.";
    row.className = "row"; open.type = "button"; open.className = "btn"; open.textContent = "Look at it"; open.addEventListener("click", () => offer(copy, bar));
    row.append(open); bar.append(said, row);
    document.getElementById("trouble").before(bar);
  }
  writing.ready(async () => {
    writing.changed(() => { clearTimeout(clock); clock = setTimeout(writing.keepHere, 400); });
    if ("unsaved" in form.dataset) { return; }
    const now = JSON.stringify(writing.fields());
    for (const copy of await left()) { if (JSON.stringify(copy.fields) === now) { drop(copy.key); } else { show(copy); } }
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && writing.editor) { writing.keepHere(); } });
})();
