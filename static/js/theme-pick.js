// Your settings: a choice of colours shows at once and is kept for the pages in front of the desk.
for (const box of document.querySelectorAll("[data-theme-form] input[name=theme]")) {
  box.addEventListener("change", () => {
    const root = document.documentElement;
    if (box.value) root.dataset.theme = box.value;
    else delete root.dataset.theme;
    try {
      if (box.value) localStorage.setItem("desk-theme", box.value);
      else localStorage.removeItem("desk-theme");
    } catch { /* storage is refused: the choice still reaches the server with the form */ }
  });
}
