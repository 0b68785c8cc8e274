/* Waiving words in quotation marks that nobody said, and taking that back: sent from the Sources tab without leaving the text. */
(() => {
  "use strict";
  const rail = document.getElementById("rail");
  async function lookAgain(tries = 3) {
    const page = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!page.ok || page.redirected) { return false; }
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    // The moves name a version: one saved meanwhile would approve words not seen here. A save whose answer is on its way
    // is waited for, and others' words are taken in, before the page is asked again.
    if (fresh.getElementById("id_expected_version").value !== writing.version()) {
      if (!tries) { return false; }
      await writing.pull();
      return lookAgain(tries - 1);
    }
    for (const name of ["sources", "checks", "moves"]) {
      const now = document.querySelector(`[data-fragment="${name}"]`), then = fresh.querySelector(`[data-fragment="${name}"]`);
      if (now && then) { now.innerHTML = then.innerHTML; } // written and escaped by the server
    }
    for (const dot of document.querySelectorAll("[data-dot]")) {
      const then = fresh.querySelector(`[data-dot="${dot.dataset.dot}"]`);
      dot.hidden = then.hidden; dot.textContent = then.textContent;
    }
    writing.waived = JSON.parse(fresh.getElementById("writing-waived").textContent);
    writing.touch();
    return true;
  }
  rail.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-waive]");
    if (!form) { return; }
    event.preventDefault();
    const spot = form.querySelector("[data-waive-error]"), button = form.querySelector("button");
    const tell = (words) => { spot.textContent = words; spot.hidden = !words; };
    tell(""); button.disabled = true;
    try {
      const response = await writing.post(form.action, new URLSearchParams(new FormData(form)));
      if (response.ok) {
        if (!await lookAgain()) { tell("It is done. The list shows it after the next save."); }
        return;
      }
      const answer = await response.json().catch(() => ({}));
      tell(response.status === 401 ? "You are signed out. Sign in in another tab, then press again." : Object.values(answer.errors || {})[0] || "Nothing was changed. Press again.");
    } catch {
      tell("The server did not answer. Press again.");
    } finally { button.disabled = false; }
  });
})();
