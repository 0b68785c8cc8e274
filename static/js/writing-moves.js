/* A move acts on what is saved: unsaved words are saved first, and the move names the version that came of it. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("move" in form.dataset) || !writing.editor || !writing.dirty()) { return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await writing.save({ keepMoves: true })) { form.submit(); } else { form.closest("dialog")?.close(); }
}, true);
