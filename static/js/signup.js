// Signing up answers in place: the same form is sent, and the words of the page that answers stand where the form was.
// Without this file the form is sent as any other. It is a module, so that a page with two boxes runs it once.
const FAILED = "That did not reach us. What you typed is still here: try again.";

const say = (form, field, text) => {
  const line = document.createElement("p");
  line.className = "field-error";
  line.textContent = text;
  if (field) {
    line.id = `${field.id}-error`;
    field.after(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
    field.focus();
  } else {
    line.setAttribute("role", "alert");
    form.prepend(line);
  }
};

const clear = (form) => {
  for (const line of form.querySelectorAll(".field-error")) line.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
};

// The words of the answer: its heading and paragraphs, without its ways on: the reader is in the middle of a story.
const answered = (page, told) => {
  told.replaceChildren();
  told.className = "told";
  for (const part of page.querySelectorAll("main h1, main .lede, main h2, main .lede ~ p")) {
    const one = document.createElement(part.matches("h1, h2") ? "h3" : "p");
    if (part.matches("h1")) one.className = "head head-s";
    one.textContent = part.textContent;
    told.append(one);
  }
};

const quiet = (form, told) => {
  told.replaceChildren();
  form.parentElement.style.minHeight = "";
};

// How long the page has been open: no person reads and types in less than a second, a robot does.
const withTime = (form) => {
  const body = new URLSearchParams(new FormData(form));
  body.set("took", String(Math.round(performance.now())));
  return body;
};

const send = async (form, told) => {
  const answer = await fetch(form.action, {
    method: "POST",
    body: withTime(form),
    credentials: "omit",
    signal: AbortSignal.timeout(20000),
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.ok) {
    answered(page, told);
    form.remove();
    told.focus();
    return;
  }
  quiet(form, told);
  const wrong = page.querySelector("main form .field-error[id]");
  // Without a form in the answer (the newsletter has ended meanwhile) what it says is its heading.
  const whole = page.querySelector("main form .field-error[role=alert]") || page.querySelector("main h1");
  if (wrong) say(form, form.elements.email, wrong.textContent);
  else say(form, null, whole ? whole.textContent : FAILED);
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-up]") || !AbortSignal.timeout) return; // an older browser sends it as any form
  event.preventDefault();
  if (form.dataset.sent) return; // a double press is one sign-up
  form.dataset.sent = "yes";
  form.parentElement.style.minHeight = `${form.parentElement.offsetHeight}px`; // what stands below stays where it is
  clear(form);
  let told = form.nextElementSibling;
  if (!told?.matches("[data-told]")) {
    told = document.createElement("div");
    told.setAttribute("role", "status");
    told.tabIndex = -1;
    told.dataset.told = "";
    form.after(told);
  }
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Sending…";
  told.className = "told unseen";
  told.textContent = "Sending…";
  try {
    await send(form, told);
  } catch {
    quiet(form, told);
    say(form, null, FAILED);
  } finally {
    delete form.dataset.sent;
    button.textContent = label;
    button.removeAttribute("aria-disabled");
  }
});
