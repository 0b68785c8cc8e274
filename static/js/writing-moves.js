/* A move acts on what is saved and seen: unsaved words are saved first, and the move names the version that came of it.
   Where that brought a colleague's words, or they came while its dialog stood open, it waits for another press. */
(() => {
  "use strict";
  const going = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!("move" in form.dataset) || !writing.editor || going.has(form)) { return; }
    const unsaved = writing.dirty();
    if (!unsaved && !writing.news.holds(form)) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!unsaved || writing.moving) { return; }
    writing.moving = true; // no answer draws the moves anew while one of them waits
    try {
      for (let tries = 0; writing.dirty(); tries += 1) {
        if (tries === 3 || !await writing.save()) { form.closest("dialog")?.close(); return; }
      }
    } finally { writing.moving = false; }
    if (writing.news.holds(form)) { return; }
    going.add(form);
    form.requestSubmit(event.submitter);
    going.delete(form);
  }, true);
})();
