/* Who else has this draft open, and in which paragraph; and how far it has come: others' words are fetched when they
   have saved. Says itself every ten seconds, and when the caret comes into another paragraph. */
writing.ready((editor) => {
  "use strict";
  const form = writing.form, faces = document.getElementById("faces"), heres = document.getElementById("heres");
  const EVERY = 10_000, NEAR = 3_000;
  let others = [], place = "", clock, away = false, asked = 0;
  const initials = (name) => name.split(/\s+/).map((part) => part[0]).slice(0, 2).join("").toUpperCase();

  function where() {
    const active = document.activeElement;
    if (active?.name && writing.field(active.name) === active) { return active.name; }
    const selection = getSelection();
    return editor.editable().$.contains(selection.anchorNode) ? writing.placeOf(selection.anchorNode) : "";
  }
  async function say() {
    clearTimeout(clock);
    if ("closed" in form.dataset || document.visibilityState === "hidden") { return; }
    place = where(); asked = Date.now();
    try {
      const response = await writing.post(form.dataset.presence, { draft: form.dataset.draft, pen: writing.pen, place });
      if (response.ok && !response.redirected) {
        const told = await response.json();
        others = told.others; draw();
        writing.standing(told);
        // With nothing typed here, another version on the desk means others' words.
        if (String(told.version) !== writing.version() && !writing.dirty()) { writing.pull(); }
      }
    } catch { /* the desk is away: saving says so */ }
    clock = setTimeout(say, others.length ? NEAR : EVERY);
  }
  function draw() {
    const names = others.map((one) => one.you ? "you, in another window" : one.name);
    faces.hidden = !others.length;
    faces.setAttribute("aria-label", others.length ? `Also here: ${names.join(", ")}` : "Only you are here");
    faces.title = others.length ? `Also here: ${names.join(", ")}` : "";
    faces.replaceChildren(...others.slice(0, 4).map((one) => { const face = document.createElement("span"); face.className = "face peer"; face.textContent = initials(one.name); return face; }));
    const top = heres.getBoundingClientRect().top;
    heres.replaceChildren(...others.map((one) => {
      const node = writing.nodeOf(one.place);
      if (!node) { return null; }
      const box = node.getBoundingClientRect(), bar = document.createElement("div"), tag = document.createElement("span");
      bar.className = "at"; bar.style.top = `${box.top - top}px`; bar.style.height = `${box.height}px`;
      tag.className = "tag"; tag.textContent = one.you ? "You" : one.name.split(/\s+/)[0];
      bar.append(tag);
      return bar;
    }).filter(Boolean));
    document.querySelectorAll(".line.peer").forEach((line) => line.classList.remove("peer"));
    others.forEach((one) => { const field = one.place && writing.field(one.place); field?.closest?.(".line")?.classList.add("peer"); });
  }
  writing.others = () => others;
  document.addEventListener("selectionchange", () => { if (!away && where() !== place && Date.now() - asked > 1000) { say(); } });
  writing.changed(() => { if (others.length) { draw(); } });
  addEventListener("resize", () => { if (others.length) { draw(); } });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { say(); } });
  addEventListener("pagehide", () => {
    away = true;
    navigator.sendBeacon(form.dataset.presence, new URLSearchParams({ csrfmiddlewaretoken: writing.token(), draft: form.dataset.draft, pen: writing.pen, leaving: "yes" }));
  });
  addEventListener("pageshow", () => { away = false; });
  say();
});
