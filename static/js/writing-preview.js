/* The Preview tab: the reader's own page of what is saved, as a phone and a desktop would show it, following each save
   with its place kept. And how the story looks in search results and when shared, while it is typed. */
writing.ready(() => {
  "use strict";
  const rail = document.getElementById("rail"), panel = document.getElementById("rail-preview"), frame = document.getElementById("preview-frame"), page = frame.querySelector("iframe");
  let width = 390, stale = true, loading = false, read = 0;
  function fit() {
    const scale = Math.min(1, frame.clientWidth / width);
    if (!scale) { return; }
    page.style.width = `${width}px`; page.style.transform = `scale(${scale})`; page.style.height = `${frame.clientHeight / scale}px`;
  }
  function show() {
    if (panel.hidden || !stale) { return; }
    stale = false;
    // A save that follows while the page is still coming must not take its top for where it was read.
    if (!loading) { read = page.contentWindow?.scrollY || 0; }
    loading = true;
    page.addEventListener("load", () => { loading = false; page.contentWindow.scrollTo(0, read); }, { once: true });
    if (page.src) { page.contentWindow.location.reload(); } else { page.src = page.dataset.src; }
  }
  // The tab came up or went, the rail became wider: both change the panel's size.
  new ResizeObserver(() => { rail.classList.toggle("looking", !panel.hidden); fit(); show(); }).observe(panel);
  new ResizeObserver(fit).observe(frame);
  panel.querySelectorAll("[data-look]").forEach((button) => button.addEventListener("click", () => {
    width = Number(button.dataset.look);
    panel.querySelectorAll("[data-look]").forEach((one) => { one.setAttribute("aria-pressed", String(one === button)); one.classList.toggle("bare", one !== button); });
    fit();
  }));
  document.addEventListener("writing:saved", () => { stale = true; show(); });
  // It shows what the desk has. Where a save is refused or held back, it stands still, and says so.
  const said = document.getElementById("preview-said"), follows = said.textContent;
  document.addEventListener("writing:state", ({ detail }) => {
    const still = detail === "trouble";
    if (still === said.classList.contains("behind")) { return; }
    said.classList.toggle("behind", still); said.classList.toggle("quiet", !still);
    said.textContent = still ? "What you typed last is not in it: it is not saved. The notice above the text says why." : follows;
  });

  const faces = document.getElementById("search-faces"), TITLE = 60, SAID = 155;
  const cut = (words, most) => words.length > most ? `${words.slice(0, most).replace(/\s+\S*$/, "")} …` : words;
  function elsewhere() {
    const value = (name) => writing.field(name).value.trim();
    const title = value("search_title") || value("headline") || "No headline yet", said = value("search_description") || value("standfirst");
    const shared = value("social_title") || value("headline") || "No headline yet", told = value("social_description") || said;
    for (const [face, heading, words, most, longest] of [["search", title, said, TITLE, SAID], ["social", shared, told, 90, 110]]) {
      faces.querySelector(`.face-${face} [data-face="title"]`).textContent = cut(heading, most);
      faces.querySelector(`.face-${face} [data-face="description"]`).textContent = cut(words, longest) || "No standfirst yet";
    }
    faces.querySelector('[data-face="lengths"]').textContent = `Title ${title.length} characters, shown to about ${TITLE}. Description ${said.length}, shown to about ${SAID}.`;
    const picture = faces.querySelector('[data-face="picture"]'), lead = document.querySelector("[data-lead-card]"), shown = lead?.shadowRoot?.querySelector("img");
    picture.hidden = !shown || !writing.field("lead_image").value;
    if (!picture.hidden && picture.firstChild?.src !== shown.src) { const img = document.createElement("img"); img.src = shown.src; img.alt = ""; picture.replaceChildren(img); }
  }
  faces.hidden = false;
  writing.changed(elsewhere); elsewhere();
  document.addEventListener("writing:saved", elsewhere);
  document.addEventListener("writing:lead", elsewhere);
});
