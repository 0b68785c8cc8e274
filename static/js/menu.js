// <details class="menu">: closes on Escape, on a click elsewhere and when the focus leaves; one open at a time.
{
  const open = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });
  // Arrow keys walk an open menu; Tab still works, so that nobody has to know.
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = [...menu.querySelectorAll("summary, a, button")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = stops.indexOf(event.target.closest("summary, a, button"));
    stops[(at + step + stops.length) % stops.length].focus();
    event.preventDefault();
  });
}
