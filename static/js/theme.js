// Before the first paint: the colours that this browser last chose, where the page does not know the person.
{
  const root = document.documentElement;
  try {
    const kept = localStorage.getItem("desk-theme");
    if (!root.dataset.theme && (kept === "light" || kept === "dark")) root.dataset.theme = kept;
  } catch { /* storage is refused: the system decides */ }
}
