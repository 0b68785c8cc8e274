// The focal point is set on the picture itself: by a press, by dragging, or with the arrow keys (Shift: ten at a time).
// The crops beside it follow. Without this script the two numbers below the picture do it.
{
  const picture = document.querySelector("[data-focal]");
  const point = picture.querySelector("[data-focal-point]");
  const form = picture.parentElement.querySelector("form");
  const fields = [form.elements.x, form.elements.y];
  const crops = document.querySelectorAll("[data-crop]");
  const status = document.createElement("p");
  let later = 0;

  document.querySelector("[data-focal-hint]").hidden = false;
  picture.tabIndex = 0;
  picture.setAttribute("role", "application");
  picture.setAttribute("aria-label", "Focal point: the arrow keys move it");
  status.className = "vh";
  status.setAttribute("role", "status");
  picture.after(status);

  const inside = (value) => Math.min(100, Math.max(0, Math.round(Number(value) || 0)));
  const show = () => {
    const [x, y] = fields.map((field) => inside(field.value));
    point.setAttribute("x", `${x}%`);
    point.setAttribute("y", `${y}%`);
    clearTimeout(later);
    later = setTimeout(() => {
      status.textContent = `${x} % from the left, ${y} % from the top`;
      for (const crop of crops) crop.src = `${crop.src.split("?")[0]}?x=${x}&y=${y}`;
    }, 150);
  };
  const set = (x, y) => {
    fields[0].value = inside(x);
    fields[1].value = inside(y);
    show();
  };
  const press = (event) => {
    const box = picture.getBoundingClientRect();
    set(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  };

  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    picture.setPointerCapture(event.pointerId);
    press(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (picture.hasPointerCapture(event.pointerId)) press(event);
  });
  picture.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    set(Number(fields[0].value) + move[0], Number(fields[1].value) + move[1]);
  });
  for (const field of fields) field.addEventListener("input", show);
}
