/* Our own toolbar over CKEditor's commands: one tab stop, arrows inside it, Escape back to the text. */
writing.ready((editor) => {
  const bar = document.getElementById("tools"), style = document.getElementById("text-style");
  if ("closed" in writing.form.dataset) { return; }
  bar.hidden = false;
  bar.addEventListener("mousedown", (event) => { if (event.target.closest("button")) { event.preventDefault(); } }); // keep the caret
  const buttons = [...bar.querySelectorAll("[data-command]")].filter((button) => {
    button.hidden = !editor.getCommand(button.dataset.command);
    return !button.hidden;
  });
  for (const button of buttons) {
    const name = button.dataset.command, command = editor.getCommand(name);
    const sync = () => {
      // aria-disabled, not disabled: a disabled button would lose the toolbar's one tab stop.
      button.setAttribute("aria-disabled", String(command.state === CKEDITOR.TRISTATE_DISABLED));
      if (!/^(undo|redo)$/.test(name)) { button.setAttribute("aria-pressed", String(command.state === CKEDITOR.TRISTATE_ON)); }
    };
    command.on("state", sync); sync();
    button.addEventListener("click", () => {
      if (command.state === CKEDITOR.TRISTATE_DISABLED) { return; }
      if (!name.startsWith("news")) { editor.focus(); }
      editor.execCommand(name);
    });
  }
  style.addEventListener("change", () => {
    editor.focus(); editor.fire("saveSnapshot");
    const quoted = editor.elementPath().contains("blockquote"), wanted = style.value;
    if ((wanted === "blockquote") !== !!quoted) { editor.execCommand("blockquote"); }
    if (wanted !== "blockquote") { editor.applyStyle(new CKEDITOR.style({ element: wanted })); }
    editor.fire("saveSnapshot");
  });
  editor.on("selectionChange", (event) => {
    const path = event.data.path, block = path.block;
    style.value = block && block.is("h2", "h3", "h4") ? block.getName() : path.contains("blockquote") ? "blockquote" : "p";
  });

  const items = [style, ...buttons];
  let here = 0;
  items.forEach((item, number) => {
    item.tabIndex = number ? -1 : 0;
    item.addEventListener("focus", () => { items[here].tabIndex = -1; here = number; item.tabIndex = 0; });
  });
  bar.addEventListener("keydown", (event) => {
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape") { event.preventDefault(); editor.focus(); }
    if (to === undefined) { return; }
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  });
  editor.addCommand("newstoolbar", { modes: { wysiwyg: 1 }, editorFocus: false, exec: () => items[here].focus() });
  editor.setKeystroke(CKEDITOR.ALT + 121 /* F10 */, "newstoolbar");
});
