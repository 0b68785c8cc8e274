// The order of the pinned stories: rows move by drag, by their arrows, and by Alt with an arrow key. The numbers that are
// sent without this file follow. Nothing reaches readers before "Put before readers".
{
  const list = document.querySelector("[data-order]");
  const rows = () => [...list.children];

  const number = () => rows().forEach((row, place, all) => {
    row.querySelector("[type=number]").value = place + 1;
    row.querySelector("[data-step='-1']").disabled = place === 0;
    row.querySelector("[data-step='1']").disabled = place === all.length - 1;
    row.draggable = all.length > 1;
  });

  const told = document.createElement("p");
  told.className = "vh";
  told.setAttribute("role", "status");

  const move = (row, step) => {
    const to = rows()[rows().indexOf(row) + step];
    if (!to) return;
    if (step < 0) to.before(row); else to.after(row);
    number();
    told.textContent = `${row.querySelector(".what a").textContent}: place ${rows().indexOf(row) + 1} of ${rows().length}`;
  };

  if (list) {
    list.dataset.dressed = "yes";
    list.after(told);
    number();
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[data-step]");
      if (!one) return;
      event.preventDefault();
      move(one.closest("li"), Number(one.dataset.step));
      (one.disabled ? one.parentNode.querySelector("[data-step]:enabled") : one)?.focus();
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step || !event.altKey || event.shiftKey || event.target.matches("[type=datetime-local]")) return;
      event.preventDefault();
      const held = document.activeElement;
      move(event.target.closest("li"), step);
      (held.disabled ? held.parentNode.querySelector("[data-step]:enabled") : held)?.focus();
    });
    let dragged = null, stood = null;
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.("li");
      stood = dragged?.nextElementSibling;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    list.addEventListener("dragover", (event) => {
      const over = dragged && event.target.closest("li");
      if (!over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      if (over === dragged) return;
      if (event.clientY < box.top + box.height / 2) over.before(dragged); else over.after(dragged);
    });
    list.addEventListener("dragend", (event) => {
      if (dragged && event.dataTransfer.dropEffect === "none") list.insertBefore(dragged, stood); // Escape, or beside the list
      dragged = null;
      number();
    });
    list.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  }
}
