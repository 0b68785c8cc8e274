/* Blocks and tied quotations in CKEditor: the five blocks as widgets, quotations as <q data-quotation>, a tidy paste,
   and the body edited in the page instead of an iframe. Pickers are the page's own dialogs: writing.pick(). */
(function () {
  'use strict';
  var KIND = /^[a-z]{2,20}$/, ID = /^[1-9]\d{0,9}$/;
  var HEADINGS = { h1: 'h2', h5: 'h4', h6: 'h4' };
  var SAFE = /^(https?:\/\/|mailto:|tel:|\/(?![\/\\]))/i;
  var cards = {}, waiting = {}, timer;

  function kinds() { return window.writing.kinds; }
  function labelOf(kind) { return (kinds()[kind] || {}).label || 'Block'; }

  // Every card that is asked for within 30 ms comes in one request of up to 50; kept until the page goes.
  function card(ed, key, done) {
    if (cards[key]) { done(cards[key]); return; }
    (waiting[key] = waiting[key] || []).push(done);
    clearTimeout(timer);
    timer = setTimeout(function () {
      var jobs = waiting, keys = Object.keys(jobs); waiting = {};
      while (keys.length) { ask(ed, keys.splice(0, 50), jobs); }
    }, 30);
  }
  function ask(ed, keys, jobs) {
    function answer(all) { keys.forEach(function (key) { jobs[key].forEach(function (done) { done(all[key]); }); }); }
    fetch(ed.config.newsPreviewUrl + '?' + keys.map(function (key) { return 'b=' + encodeURIComponent(key); }).join('&'), { headers: { Accept: 'application/json' } })
      .then(function (response) { if (!response.ok || response.redirected) { throw new Error(response.status); } return response.json(); })
      .then(function (all) { keys.forEach(function (key) { cards[key] = all[key]; }); answer(all); })
      .catch(function () {
        var all = {};
        keys.forEach(function (key) {
          var kind = key.split(':')[0];
          all[key] = { label: labelOf(kind), html: '<p class="lost">This card could not be drawn just now. The block itself is safe.</p>' };
        });
        answer(all);
      });
  }

  // A shadow root keeps the card out of undo, copy and getData.
  function paint(widget, ed) {
    var host = widget.element.$, doc = host.ownerDocument, root = host.shadowRoot;
    if (!root) {
      root = host.attachShadow({ mode: 'open' });
      var sheet = doc.createElement('link'); sheet.rel = 'stylesheet'; sheet.href = ed.config.newsCardCss; root.appendChild(sheet);
      root.appendChild(doc.createElement('div'));
      root.addEventListener('click', function (event) {
        var button = event.target.closest('[data-card]');
        if (!button) { return; }
        widget.focus();
        ed.execCommand(button.dataset.card === 'edit' ? 'newsedit' : 'newsremove');
      });
    }
    root.lastChild.className = 'waiting';
    root.lastChild.textContent = labelOf(widget.data.kind) + ' …';
    card(ed, widget.data.kind + ':' + widget.data.id, function (drawn) {
      if (!widget.isInited()) { return; }
      root.lastChild.className = 'card';
      root.lastChild.innerHTML = drawn.html; // written and escaped by the server
      ed.fire('lockSnapshot'); widget.wrapper.setAttribute('aria-label', drawn.label); ed.fire('unlockSnapshot');
    });
  }

  // What Word, Docs and web pages bring along. DOMParser is inert: nothing loads, nothing runs.
  function tidy(html) {
    var doc = new DOMParser().parseFromString(html, 'text/html');
    function each(selector, fn) { doc.body.querySelectorAll(selector).forEach(fn); }
    function unwrap(node) { node.replaceWith.apply(node, node.childNodes); }
    each('script,style,meta,link,title,template,iframe,object,embed,svg,math,noscript,img,picture,video,audio,canvas,button,input,textarea,select', function (node) { node.remove(); });
    each('*', function (node) { Array.from(node.attributes).forEach(function (one) { if (/^on/i.test(one.name)) { node.removeAttribute(one.name); } }); });
    each('table table', function (table) { // a table inside a cell is no more than its words
      table.querySelectorAll('td,th').forEach(function (cell) { var p = doc.createElement('p'); p.append.apply(p, cell.childNodes); table.before(p); });
      table.remove();
    });
    each('[id^="cke_bm_"],body>br', function (node) { node.remove(); });
    var first = doc.body.querySelector('p'), text = first && first.firstChild; // filler that "select all" leaves beside a block
    if (text && text.nodeType === 3) { text.data = text.data.replace(/^\u00a0+/, ''); }
    each('b[id^="docs-internal-guid"]', unwrap); // Docs wraps everything in one <b>
    each('b,strong', function (node) { if (/^(normal|400)$/.test(node.style.fontWeight)) { unwrap(node); } });
    each('li>p', unwrap);
    each('span', function (node) { // the filter takes one of the two
      if (!/^(bold|bolder|[6-9]00)$/.test(node.style.fontWeight) || node.style.fontStyle !== 'italic') { return; }
      var strong = doc.createElement('strong'), em = doc.createElement('em');
      em.append.apply(em, node.childNodes); strong.append(em); node.replaceWith(strong);
    });
    each('h1 b,h1 strong,h2 b,h2 strong,h3 b,h3 strong,h4 b,h4 strong', unwrap);
    each('h1 span,h2 span,h3 span,h4 span', unwrap);
    each('h1,h5,h6', function (node) { var next = doc.createElement(HEADINGS[node.localName]); next.append.apply(next, node.childNodes); node.replaceWith(next); });
    each('p', function (node) { if (!node.textContent.replace(/[\s\u00a0\u200b]/g, '') && !node.querySelector('[data-block]')) { node.remove(); } });
    // A space that must not break is kept where a number stands before it: 10 km.
    for (var walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
      walker.currentNode.data = walker.currentNode.data.replace(/(^|[^\d])\u00a0+|\u00a0+$/g, '$1 ');
    }
    return doc.body.innerHTML;
  }
  // What Word's own filter would let through as words of the text: deletions that are tracked, comments, the rules above
  // notes. Before that filter, on the text: a parser would change what it goes by.
  function unmarked(html) {
    return html.replace(/<del\b[^>]*\b(?:cite|datetime|msodel)\b[^>]*>[\s\S]*?<\/del>/gi, '')
      .replace(/<a\b[^>]*msocomanchor[^>]*>[\s\S]*?<\/a>/gi, '')
      .replace(/<span\b[^>]*mso-special-character:\s*comment[^>]*>[^<]*<\/span>/gi, '')
      .replace(/<div\b[^>]*mso-element:\s*comment-list[\s\S]*$/i, '')
      .replace(/<hr\b[^>]*width=["']?33%[^>]*>/gi, '')
      .replace(/<[a-z][^>]*>/gi, function (tag) { return tag.replace(/\son[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ''); }); // our policy would refuse and report them
  }

  function isElement(node) { return node.type === CKEDITOR.NODE_ELEMENT && !node.data('cke-temp') && !node.data('cke-hidden-sel'); }
  function paragraph(ed) { var p = new CKEDITOR.dom.element('p', ed.document); p.appendBogus(); return p; }
  function caretBeside(ed, widget, before, anew) {
    var wrapper = widget.wrapper, node = before ? wrapper.getPrevious(isElement) : wrapper.getNext(isElement), range = ed.createRange();
    if (anew || !node || node.data('cke-widget-wrapper')) {
      node = paragraph(ed);
      if (before) { node.insertBefore(wrapper); } else { node.insertAfter(wrapper); }
    }
    range.moveToElementEditStart(node); ed.focus(); range.select(); range.scrollIntoView();
  }
  function quotationStyle(id) { return new CKEDITOR.style({ element: 'q', attributes: id ? { 'data-quotation': String(id) } : {} }); }
  // Words typed after a quotation are not part of it.
  function leaveQuotation(ed) {
    var selection = ed.getSelection(), range = selection && selection.getRanges()[0];
    var q = range && range.collapsed && ed.elementPath(range.startContainer).contains('q');
    if (!q || !range.checkBoundaryOfElement(q, CKEDITOR.END)) { return false; }
    range.moveToPosition(q, CKEDITOR.POSITION_AFTER_END);
    // A caret directly behind an inline element is drawn into it again by the browser; an empty text node holds it out.
    var room = ed.document.createText('\u200b'); range.insertNode(room);
    range.setStart(room, 1); range.collapse(true); range.select();
    return true;
  }
  // The selection, kept while a dialog has the focus. Live ranges of the browser follow the text; bookmarks count
  // characters and lose the place behind the empty character that leaveQuotation puts in.
  function remember(ed) {
    var selection = ed.getSelection();
    var live = (selection ? selection.getRanges() : []).map(function (range) {
      var kept = ed.document.$.createRange();
      kept.setStart(range.startContainer.$, range.startOffset); kept.setEnd(range.endContainer.$, range.endOffset);
      return kept;
    });
    return function () {
      ed.focus();
      if (!live.length) { return; }
      ed.getSelection().selectRanges(live.map(function (kept) {
        var range = ed.createRange();
        range.setStart(new CKEDITOR.dom.node(kept.startContainer), kept.startOffset); range.setEnd(new CKEDITOR.dom.node(kept.endContainer), kept.endOffset);
        return range;
      }));
    };
  }
  function change(ed, fn) { ed.fire('saveSnapshot'); fn(); ed.fire('saveSnapshot'); ed.fire('change'); }

  function addWidget(ed) {
    ed.widgets.add('newsblock', {
      inline: false, draggable: true, allowedContent: 'div[!data-block,!data-id]', requiredContent: 'div[data-block,data-id]',
      upcast: function (element, data) {
        var kind = element.attributes['data-block'], id = element.attributes['data-id'];
        if (element.name !== 'div' || !KIND.test(kind || '') || !ID.test(id || '')) { return false; }
        data.kind = kind; data.id = id; element.children.length = 0;
        return element;
      },
      downcast: function () { return new CKEDITOR.htmlParser.element('div', { 'data-block': this.data.kind, 'data-id': this.data.id }); },
      init: function () { this.on('doubleclick', function (event) { event.cancel(); ed.execCommand('newsedit'); }); },
      data: function () { paint(this, ed); },
      getLabel: function () { var drawn = cards[this.data.kind + ':' + this.data.id]; return drawn ? drawn.label : labelOf(this.data.kind); }
    });
  }

  function addCommands(ed) {
    var modes = { wysiwyg: 1 };
    function command(name, spec) { spec.modes = modes; ed.addCommand(name, spec); }

    Object.keys(kinds()).forEach(function (kind) {
      command('news' + kind, { editorFocus: false, async: true, contextSensitive: true,
        refresh: function () { var w = ed.widgets.focused; this.setState(w && w.data.kind === kind ? CKEDITOR.TRISTATE_ON : CKEDITOR.TRISTATE_OFF); },
        exec: function (_, data) {
          var focused = ed.widgets.focused;
          if (focused && data && data.anew) { caretBeside(ed, focused, false, true); }
          else if (focused && focused.data.kind === kind) { ed.execCommand('newsedit'); return; }
          var back = remember(ed);
          window.writing.pick({ kind: kind, done: function (placed) {
            back();
            if (!placed) { return; }
            cards[kind + ':' + placed.id] = placed.card;
            change(ed, function () {
              ed.insertHtml('<div data-block="' + kind + '" data-id="' + placed.id + '"></div>');
              if (ed.widgets.focused) { caretBeside(ed, ed.widgets.focused, false); }
            });
          } });
        } });
    });
    command('newsedit', { editorFocus: false, async: true, exec: function () {
      var widget = ed.widgets.focused;
      if (!widget || !kinds()[widget.data.kind]) { return; }
      window.writing.pick({ kind: widget.data.kind, edit: widget.data.id, done: function (placed) {
        ed.focus(); widget.focus();
        if (!placed) { return; }
        cards[widget.data.kind + ':' + placed.id] = placed.card;
        change(ed, function () { widget.setData('id', String(placed.id)); widget.element.setAttribute('data-id', placed.id); });
      } });
    } });
    command('newsremove', { exec: function () {
      var widget = ed.widgets.focused;
      if (!widget) { return; }
      change(ed, function () { caretBeside(ed, widget, false); ed.widgets.del(widget); });
    } });
    [['newsup', true, 38], ['newsdown', false, 40]].forEach(function (move) {
      command(move[0], { exec: function () {
        var widget = ed.widgets.focused, to = widget && (move[1] ? widget.wrapper.getPrevious(isElement) : widget.wrapper.getNext(isElement));
        if (!to) { return; }
        change(ed, function () {
          if (move[1]) { widget.wrapper.insertBefore(to); } else { widget.wrapper.insertAfter(to); }
          widget.focus(); widget.wrapper.scrollIntoView();
        });
      } });
      ed.setKeystroke(CKEDITOR.ALT + CKEDITOR.SHIFT + move[2], move[0]);
    });

    // A quotation in the running text is tied to the ledger.
    command('newssource', { editorFocus: false, async: true, contextSensitive: true,
      refresh: function (editor, path) { this.setState(path.contains('q') ? CKEDITOR.TRISTATE_ON : CKEDITOR.TRISTATE_OFF); },
      exec: function () {
        var path = ed.elementPath(), q = path && path.contains('q'), selected = q ? q.getText() : ed.getSelection().getSelectedText();
        var back = remember(ed);
        window.writing.pick({ kind: 'quotation', edit: q ? q.data('quotation') : '', words: selected.trim(), done: function (placed) {
          back();
          if (!placed) { return; }
          if (placed.quotation) { window.writing.quotations[placed.id] = placed.quotation; }
          change(ed, function () {
            if (q && placed.untie) { q.remove(true); }
            else if (q) { q.setAttribute('data-quotation', placed.id); }
            else { tie(ed, placed.id); }
          });
        } });
      } });
    ed.setKeystroke(CKEDITOR.ALT + CKEDITOR.SHIFT + 83 /* S */, 'newssource');
    ed.setKeystroke(CKEDITOR.ALT + CKEDITOR.SHIFT + 69 /* E */, 'newsedit');

    command('newslink', { editorFocus: false, async: true, contextSensitive: true,
      refresh: function (editor, path) { this.setState(path.contains('a') ? CKEDITOR.TRISTATE_ON : CKEDITOR.TRISTATE_OFF); },
      exec: function () {
        var path = ed.elementPath(), a = path && path.contains('a'), back = remember(ed);
        window.writing.askLink({ href: a ? a.data('cke-saved-href') || a.getAttribute('href') : '', words: a ? a.getText() : ed.getSelection().getSelectedText(), done: function (href, words) {
          back();
          if (href === null) { return; }
          change(ed, function () {
            if (a && !href) { a.remove(true); return; }
            if (a) { a.setAttributes({ href: href, 'data-cke-saved-href': href }); return; }
            if (!href) { return; }
            if (!ed.getSelection().getSelectedText()) {
              var made = ed.document.createElement('a', { attributes: { href: href, 'data-cke-saved-href': href } });
              made.setText(words || href); ed.insertElement(made);
              return;
            }
            var style = new CKEDITOR.style({ element: 'a', attributes: { href: href, 'data-cke-saved-href': href } });
            style.type = CKEDITOR.STYLE_INLINE; ed.applyStyle(style);
          });
        } });
      } });
    ed.setKeystroke(CKEDITOR.ALT + CKEDITOR.SHIFT + 76 /* L */, 'newslink');
    // CKEditor's own: a dialog that our policy does not allow, where Ctrl K finds; underlining, which no text keeps.
    [75, 76, 85].forEach(function (code) { ed.setKeystroke(CKEDITOR.CTRL + code, false); });
  }
  // One q per paragraph; nothing when nothing is selected.
  function tie(ed, id) {
    if (ed.getSelection().getRanges().every(function (range) { return range.collapsed; })) { return; }
    ed.removeStyle(quotationStyle()); ed.applyStyle(quotationStyle(id));
    var range = ed.getSelection().getRanges()[0];
    if (range) { range.collapse(false); range.select(); leaveQuotation(ed); }
  }

  function addKeys(ed) {
    ed.on('key', function (event) { // priority 0: the widget plugin listens at 1 and swallows keys
      var widget = ed.widgets.focused, key = event.data.keyCode, before = key === CKEDITOR.SHIFT + 13, code = key & 0xFFFF;
      var letter = !(key & (CKEDITOR.CTRL | CKEDITOR.ALT)) && (code === 32 || code >= 48 && code <= 90 || code >= 186 && code <= 222);
      if (!widget) {
        if (key === 39 && leaveQuotation(ed)) { event.cancel(); }
        else if (key === 13 || letter) { leaveQuotation(ed); }
        return;
      }
      if (key === CKEDITOR.CTRL + 35 || key === CKEDITOR.CTRL + 36) { // to the end or the start of the text
        var range = ed.createRange(), root = ed.editable(), end = key === CKEDITOR.CTRL + 35;
        range.moveToElementEditablePosition(root, end); range.select(); range.scrollIntoView(); event.cancel();
        return;
      }
      if (key !== 13 && !before && !letter) { return; }
      var next = widget.wrapper.getNext(isElement), empty = next && !next.data('cke-widget-wrapper') && !next.getText().replace(/[\s\u200b]/g, '');
      ed.fire('saveSnapshot'); caretBeside(ed, widget, before, !letter || !empty); ed.fire('saveSnapshot');
      if (!letter) { event.cancel(); }
    }, null, null, 0);
    // The body always ends with a paragraph to type in.
    function tail() {
      var root = ed.mode === 'wysiwyg' && ed.editable(), last = root && root.getLast(isElement);
      if (last && last.data('cke-widget-wrapper')) { ed.fire('lockSnapshot'); root.append(paragraph(ed)); ed.fire('unlockSnapshot'); }
    }
    ed.on('dataReady', function () { setTimeout(tail, 0); }); ed.on('change', tail);
  }

  function addRules(ed) {
    // An empty toolbar registers no features; without these, pasted bold and italic would vanish.
    ed.filter.addContentForms(['strong', 'b', ['span', function (e) { return e.styles['font-weight'] === 'bold' || +e.styles['font-weight'] >= 600; }]]);
    ed.filter.addContentForms(['em', 'i', ['span', function (e) { return e.styles['font-style'] === 'italic'; }]]);
    ed.filter.addContentForms(['s', 'strike', 'del']);
    ed.dataProcessor.dataFilter.addRules({ elements: { a: function (e) {
      var href = (e.attributes['data-cke-saved-href'] || e.attributes.href || '').replace(/[\u0000-\u0020]+/g, '');
      if (!SAFE.test(href)) { delete e.name; } // the words stay
    } } }, { priority: 20 });
    ed.dataProcessor.htmlFilter.addRules({ elements: { span: function (e) { delete e.name; } }, text: function (text) { return text.replace(/\u200b/g, ''); } }, { priority: 20 });
    ed.on('paste', function (event) { // priority 2: Word's filter, at 3, asks the clipboard itself
      var transfer = event.data.dataTransfer, get = transfer && transfer.getData;
      event.data.dataValue = unmarked(event.data.dataValue || '');
      if (get) { transfer.getData = function (type) { var said = get.apply(transfer, arguments); return /html/i.test(type) && said ? unmarked(said) : said; }; }
    }, null, null, 2);
    ed.on('paste', function (event) { if (event.data.type !== 'text') { event.data.dataValue = tidy(event.data.dataValue || ''); } }, null, null, 5);
  }

  CKEDITOR.plugins.add('newsblocks', {
    requires: 'widget',
    beforeInit: function (ed) { ed.config.fillEmptyBlocks = function (element) { return !(element.attributes && element.attributes['data-block']); }; },
    init: function (ed) { addRules(ed); addWidget(ed); addCommands(ed); addKeys(ed); },
    afterInit: function (ed) { // content in the page instead of an iframe: the page's CSP needs no inline script
      ed.addMode('wysiwyg', function (callback) {
        var element = CKEDITOR.dom.element.createFromHtml('<div class="cke_wysiwyg_div cke_reset cke_enable_context_menu body"></div>');
        ed.ui.space('contents').append(element); element = ed.editable(element);
        element.detach = CKEDITOR.tools.override(element.detach, function (detach) { return function () { detach.apply(this, arguments); this.remove(); }; });
        ed.setData(ed.getData(1), callback); ed.fire('contentDom');
      });
    }
  });
})();
