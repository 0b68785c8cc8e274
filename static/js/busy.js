// A form says within one frame that its work has begun, and cannot be sent twice by a second press.
// <form data-busy="Saving"> or the button's own data-busy names what is going on; without it the button only looks pressed.
{
  const buttons = (form) => [...form.elements].filter((one) => one.type === "submit");

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.dataset.sent) {
      if (form.dataset.sent) event.preventDefault();
      return;
    }
    if (form.method !== "post" || event.submitter?.formTarget === "_blank") return; // the answer opens beside this page
    form.dataset.sent = "yes";
    const pressed = event.submitter || buttons(form)[0];
    for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
    if (pressed) {
      pressed.setAttribute("aria-busy", "true");
      const busy = pressed.dataset.busy || form.dataset.busy;
      if (busy) {
        pressed.dataset.label = pressed.innerHTML;
        pressed.textContent = `${busy}…`;
      }
    }
  });
  // Back from the next page, the browser may show this one as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of buttons(form)) {
        button.removeAttribute("aria-disabled");
        button.removeAttribute("aria-busy");
        if (button.dataset.label) { button.innerHTML = button.dataset.label; delete button.dataset.label; }
      }
    }
  });
}
