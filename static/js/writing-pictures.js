/* The Pictures tab: put one in, change one, make one the lead, by the same dialog as in the text. */
writing.ready((editor) => {
  "use strict";
  const rail = document.getElementById("rail");
  let been = false; // somebody has put the caret into the text; until then a picture goes to its end
  editor.on("focus", () => { been = true; });

  function put() {
    if (!been) { const range = editor.createRange(); range.moveToElementEditEnd(editor.editable()); editor.focus(); range.select(); }
    editor.execCommand("newsimage", { anew: true });
  }
  function change(where) {
    if (where === "lead_image") { writing.pickLead(); return; }
    const [kind, id] = where.split(":"), block = editor.editable().$.querySelector(`[data-block="${kind}"][data-id="${CSS.escape(id)}"]`);
    const widget = block && editor.widgets.getByElement(new CKEDITOR.dom.element(block));
    if (!widget) { document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text: "This picture is not in the text any more.", kind: "warning" } })); return; }
    editor.focus(); widget.focus();
    editor.execCommand("newsedit");
  }
  rail.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture]");
    if (!button) { return; }
    writing.closeRailOverText?.();
    ({ put, lead: () => writing.pickLead(), change: () => change(button.dataset.where), "to-lead": () => writing.setLead(button.dataset.id) })[button.dataset.picture]();
  });
});
