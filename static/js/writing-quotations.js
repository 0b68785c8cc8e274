/* Quotation marks that no source stands behind, and tied ones whose words were changed, drawn with the CSS Custom
   Highlight API: nothing enters the text. The server decides (articles.quotation_marks, articles.marks); this shows it while typing. */
writing.ready((editor) => {
  "use strict";
  const margins = document.getElementById("margins"), spot = document.querySelector('[data-count="untied"]');
  const plain = (words) => (words.normalize("NFKC").toLowerCase().replace(/[’ʼ]/g, "'").match(/[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu) || []).join(" ");
  let untied = [];

  function ranges(block) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT), nodes = [], found = [], ends = new Set();
    let text = "", node, tie = null;
    const tied = (here) => { if (tie && tie !== here) { ends.add(text.length); } tie = here; };
    while ((node = walker.nextNode())) {
      if (node.nodeType === Node.TEXT_NODE) { tied(node.parentElement.closest("q[data-quotation]")); nodes.push([text.length, node]); text += node.data; } else if (node.nodeName === "BR") { text += "\n"; }
    }
    tied(null);
    const at = (place, end) => {
      for (let i = nodes.length - 1; i >= 0; i -= 1) { if (end ? nodes[i][0] < place : nodes[i][0] <= place) { return [nodes[i][1], Math.min(place - nodes[i][0], nodes[i][1].length)]; } }
      return [nodes[0][1], 0];
    };
    for (const [start, end] of writing.pairs(text, ends)) {
      const words = text.slice(start, end);
      if (!nodes.length || !plain(words)) { continue; }
      const [first, from] = at(start), [last, to] = at(end, true);
      if (first.parentElement.closest("q[data-quotation]") || last.parentElement.closest("q[data-quotation]")) { continue; }
      const range = document.createRange(); range.setStart(first, from); range.setEnd(last, to);
      found.push({ range, words, block });
    }
    return found;
  }
  function look() {
    if (editor.mode !== "wysiwyg") { return; }
    const root = editor.editable().$, changed = [];
    untied = [];
    const waived = new Set(writing.waived.map(plain));
    for (const block of root.querySelectorAll("p,h2,h3,h4,li,blockquote,td,th")) {
      if (block.closest("[data-cke-widget-wrapper]") || block.querySelector("p,li")) { continue; }
      untied.push(...ranges(block).filter((mark) => !waived.has(plain(mark.words))));
    }
    for (const q of root.querySelectorAll("q[data-quotation]")) {
      const entry = writing.quotations[q.dataset.quotation], words = writing.said(q.textContent);
      // Gaps (three dots, brackets) are for the server to judge.
      if (entry && !/[…[\]]|\.{3}/.test(q.textContent) && !` ${writing.said(entry.words)} `.includes(` ${words} `)) { const range = document.createRange(); range.selectNodeContents(q); changed.push({ range, words: q.textContent, block: q, q }); }
    }
    if (window.Highlight && CSS.highlights) {
      CSS.highlights.set("untied", new Highlight(...untied.map((mark) => mark.range)));
      CSS.highlights.set("changed", new Highlight(...changed.map((mark) => mark.range)));
    }
    spot.textContent = untied.length ? `${untied.length} quotation${untied.length === 1 ? "" : "s"} not tied` : "";
    draw([...untied, ...changed], root);
  }
  // Beside the line in which the quotation begins, where there is room; the Sources tab offers the same everywhere.
  function draw(all, root) {
    const top = margins.getBoundingClientRect().top, used = new Map();
    margins.replaceChildren(...all.map((mark) => {
      const button = document.createElement("button"), y = Math.round(mark.range.getBoundingClientRect().top - top);
      button.type = "button"; button.tabIndex = -1; button.className = `btn mini${mark.q ? " risk" : ""}`; button.textContent = mark.q ? "Changed" : "Tie";
      const lines = [...used.keys()].filter((other) => Math.abs(other - y) < 20).length; used.set(y + used.size / 1000, true);
      button.style.top = `${y + lines * 30}px`;
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => { choose(mark); editor.execCommand("newssource"); });
      return button;
    }));
  }
  function choose(mark) {
    editor.focus();
    const range = editor.createRange();
    if (mark.q) { range.selectNodeContents(new CKEDITOR.dom.element(mark.q)); range.collapse(true); range.setStart(range.startContainer, range.startOffset); }
    else {
      range.setStart(new CKEDITOR.dom.node(mark.range.startContainer), mark.range.startOffset);
      range.setEnd(new CKEDITOR.dom.node(mark.range.endContainer), mark.range.endOffset);
    }
    range.select();
    mark.block.scrollIntoView({ block: "center" });
  }
  function find(words) {
    const wanted = plain(words), root = editor.editable().$;
    const mark = untied.find((one) => plain(one.words) === wanted);
    if (mark) { return mark; }
    const q = [...root.querySelectorAll("q[data-quotation]")].find((one) => plain(one.textContent) === wanted);
    return q && { q, block: q, range: null };
  }
  document.getElementById("rail").addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-quotation],[data-tie-quotation]");
    if (!button) { return; }
    look(); // a tie of a moment ago has split the text: an old place would select nothing, and tie nothing
    const mark = find(button.dataset.words);
    if (!mark) { document.dispatchEvent(new CustomEvent("desk:toast", { detail: { text: "These words are not in the text any more. Save to look again.", kind: "warning" } })); return; }
    writing.closeRailOverText?.();
    choose(mark);
    if ("tieQuotation" in button.dataset) { editor.execCommand("newssource"); }
  });
  let clock;
  const soon = () => { clearTimeout(clock); clock = setTimeout(look, 250); };
  writing.changed(soon); editor.on("dataReady", soon); addEventListener("resize", soon);
  new ResizeObserver(soon).observe(editor.editable().$);
  look();
});
