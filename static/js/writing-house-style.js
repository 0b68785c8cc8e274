/* Straight marks become the house's while somebody types or pastes them: in the text, in the fields around it and in
   what the pickers ask. One undo gives the straight mark back, and it then stays. */
(() => {
  "use strict";
  const SURE = new Set("tis twas twere twill til n em bout".split(" ")), FIELDS = "#writing [data-grow], [form=writing]", PICKED = new Set(["caption", "alternative_text", "blurb", "line", "words"]);
  const word = (char) => !!char && /[\p{L}\p{N}]/u.test(char);
  const ours = (target) => target.matches?.(FIELDS) || target.closest?.(".picker") && PICKED.has(target.name) && target.matches("textarea, input[type=text]");

  // What to set after a character was typed; before: the text up to the caret. { back, mark }: the one so far back.
  let opened = null; // up to the single mark that was set last, while its word is being written
  function typed(before) {
    const char = before.at(-1), found = [];
    if (opened !== null && !word(char)) {
      const begun = before.startsWith(`${opened}‘`) ? before.slice(opened.length + 1, -1) : "";
      opened = null;
      if (/^\d\ds?$/.test(begun) || SURE.has(begun.toLowerCase())) { found.push({ back: begun.length + 2, mark: "’" }); } // ’90s, ’tis
    }
    if (/\p{Nd}'\p{L}$/u.test(before)) { found.push({ back: 2, mark: "’" }); }
    if (char !== "'" && char !== "\"" || char === "'" && /\p{Nd}'$/u.test(before)) { return found; } // 6' or 1990's: the next character says
    const mark = writing.curl(`${before}x`)[before.length - 1];
    if (mark === "‘") { opened = before.slice(0, -1); }
    return mark === char ? found : [...found, { back: 1, mark }];
  }

  // ---- fields ----
  let busy = false;
  function put(field, from, to, text, caret = null) { // by the browser's own hand: its undo knows of it
    busy = true;
    field.setSelectionRange(from, to);
    document.execCommand("insertText", false, text);
    if (caret !== null) { field.setSelectionRange(caret, caret); }
    busy = false;
  }
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (busy || event.isComposing || event.inputType !== "insertText" || !event.data || !ours(field)) { return; }
    const at = field.selectionStart;
    for (const { back, mark } of typed(field.value.slice(0, at))) { put(field, at - back, at - back + 1, mark, at); }
  });
  document.addEventListener("paste", (event) => {
    const field = event.target, text = event.clipboardData?.getData("text/plain") || "";
    if (!/["']/.test(text) || !ours(field) || field.readOnly) { return; }
    event.preventDefault();
    const at = field.selectionStart;
    put(field, at, field.selectionEnd, text);
    const end = field.selectionStart, now = field.value.slice(0, end), set = now.slice(0, at) + writing.curl(now).slice(at); // the field may have cut it
    if (set !== now) { put(field, at, end, set.slice(at)); }
  });
  // What a picker fills in from the library comes as it was written there.
  writing.curlField = (name, text) => PICKED.has(name) ? text.split("\n").map(writing.curl).join("\n") : text;

  // ---- the text ----
  const BLOCKS = "p,h1,h2,h3,h4,h5,h6,li,blockquote,td,th,caption,div", SKIP = "[data-block],code,pre,kbd,samp,script,style";
  writing.ready((editor) => {
    if ("closed" in writing.form.dataset) { return; }
    const root = editor.editable().$;
    // The words of the caret's paragraph up to it.
    function before(node, offset) {
      const block = node.parentElement?.closest(BLOCKS) || root, walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      let text = "", one;
      while ((one = walker.nextNode())) {
        if (one === node) { return text + node.data.slice(0, offset); }
        if (one.nodeType === Node.TEXT_NODE) { text += one.data; } else if (one.nodeName === "BR") { text += "\n"; } else if (one.matches(BLOCKS)) { text = ""; }
      }
      return "";
    }
    function settle(fn) { editor.fire("saveSnapshot"); fn(); editor.fire("saveSnapshot"); editor.fire("change"); }
    function caret() {
      const selection = getSelection();
      return selection.isCollapsed && selection.anchorNode?.nodeType === Node.TEXT_NODE && root.contains(selection.anchorNode) ? [selection.anchorNode, selection.anchorOffset] : null;
    }
    root.addEventListener("input", (event) => {
      const here = event.inputType === "insertText" && !event.isComposing && event.data && caret();
      if (!here) { return; }
      const [node, at] = here, found = typed(before(node, at).replace(/\u200b/g, "")).filter(({ back }) => back <= at);
      if (found.length) { settle(() => { found.forEach(({ back, mark }) => node.replaceData(at - back, 1, mark)); getSelection().collapse(node, at); }); }
    });
    // A phone's keyboard composes whole words.
    root.addEventListener("compositionend", (event) => {
      const here = /["']/.test(event.data || "") && caret();
      if (!here) { return; }
      const [node, at] = here, text = before(node, at).replace(/\u200b/g, ""), set = writing.curl(`${text}x`);
      const from = Math.max(0, at - event.data.length), tail = set.slice(text.length - (at - from), text.length);
      if (node.data.slice(from, at) !== tail) { settle(() => { node.replaceData(from, at - from, tail); getSelection().collapse(node, at); }); }
    });

    // Pasted: the marks to be set come in as characters of the private area, become straight, then the house's: so the
    // first undo gives the straight ones back.
    const MARKS = { "\ue010": ["\"", "“"], "\ue011": ["\"", "”"], "\ue012": ["'", "‘"], "\ue013": ["'", "’"], "\ue014": ["\"", "\""], "\ue015": ["'", "'"] }, ANY = /[\ue010-\ue015]/g;
    const hide = Object.fromEntries(Object.entries(MARKS).map(([key, [straight, mark]]) => [straight + mark, key]));
    editor.on("paste", (event) => { // before the filter that makes paragraphs of code
      const data = event.data;
      data.dataValue = (data.dataValue || "").replace(ANY, "");
      if (data.type === "text" || !/<(?:code|pre|kbd|samp)\b/i.test(data.dataValue)) { return; }
      const page = new DOMParser().parseFromString(data.dataValue, "text/html");
      for (const code of page.querySelectorAll("code,pre,kbd,samp")) {
        const walker = page.createTreeWalker(code, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) { walker.currentNode.data = walker.currentNode.data.replace(/"/g, "\ue014").replace(/'/g, "\ue015"); }
      }
      data.dataValue = page.body.innerHTML;
    }, null, null, 4);
    function runs(body) {
      const found = [[]], walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) { found.at(-1).push(node); return; }
        if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIP)) { return; }
        const apart = node.matches(`${BLOCKS},br,table,tr,ul,ol`);
        if (apart) { found.push([]); }
        node.childNodes.forEach(walk);
        if (apart) { found.push([]); }
      };
      body.childNodes.forEach(walk);
      return found.filter((run) => run.length);
    }
    editor.on("paste", (event) => {
      const data = event.data;
      if (!/["']/.test(data.dataValue || "") || data.dataTransfer?.getTransferType(editor) === CKEDITOR.DATA_TRANSFER_INTERNAL) { return; }
      const page = new DOMParser().parseFromString(data.dataValue, "text/html"), here = caret();
      let lead = here && !page.body.querySelector("p,h2,h3,h4,li,td") ? before(...here) : "";
      for (const run of runs(page.body)) {
        const text = run.map((node) => node.data).join(""), set = writing.curl(lead + text).slice(lead.length);
        let at = 0;
        for (const node of run) {
          const length = node.data.length;
          node.data = [...node.data.split("")].map((char, number) => char !== set[at + number] ? hide[char + set[at + number]] : char).join("");
          at += length;
        }
        lead = "";
      }
      data.dataValue = page.body.innerHTML;
    }, null, null, 900);
    editor.on("paste", () => {
      const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      let node;
      while ((node = walker.nextNode())) { for (const one of node.data.matchAll(ANY)) { found.push([node, one.index, MARKS[one[0]]]); } }
      if (!found.length) { return; }
      const write = (which) => found.forEach(([text, at, marks]) => text.replaceData(at, 1, marks[which]));
      write(0);
      settle(() => write(1));
    }, null, null, 1001); // behind the one that puts it in
    editor.dataProcessor.htmlFilter.addRules({ text: (text) => text.replace(ANY, (char) => MARKS[char][1]) });
  });
})();
