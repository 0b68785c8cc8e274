// One picture after another without the mouse: the first field that is empty is ready to type in, Ctrl+Enter saves.
{
  const form = document.querySelector("[data-fill]");
  if (form) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea")];
    const wrong = fields.find((one) => one.getAttribute("aria-invalid") === "true");
    const first = wrong || fields.find((one) => ["credit", "alternative_text"].includes(one.name) && !one.value.trim());
    first?.focus();
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    });
  }
}
