// Opening a notice marks it as read. The link leads on at once; without this script the button beside it does the same.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-notice]");
  const form = link && document.getElementById(link.dataset.notice);
  if (form) fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, headers: { Accept: "application/json" } }).catch(() => {});
});
