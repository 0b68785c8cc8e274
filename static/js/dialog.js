// <button data-opens="id"> opens the dialog with that id, [data-closes] inside closes it, a click on the veil too.
// The browser keeps the focus inside, gives it back and closes on Escape.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) { closer.closest("dialog")?.close(); return; }
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    // A dialog in which something was typed stays: a slip beside it must lose nothing.
    const typed = [...event.target.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue);
    if (!inside && (!typed || event.target.id === "palette")) event.target.close();
  }
});
