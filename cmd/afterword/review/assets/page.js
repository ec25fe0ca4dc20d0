"use strict";
// What every page can do with a script: send forms without reloading, say what changed, hear what changed elsewhere,
// and keys. What a person typed is never thrown away: a form that could not be sent stays as it is.
const notebook = (() => {
  const texts = JSON.parse(document.body.dataset.texts);
  const root = document.documentElement;
  root.classList.add("scripted");
  const tab = crypto.randomUUID(); // tells our own changes from those of other windows

  const say = (s) => {
    const live = document.getElementById("say");
    live.textContent = "";
    requestAnimationFrame(() => requestAnimationFrame(() => { live.textContent = s; }));
  };

  // alertBar is one quiet line in the corner. Its button does something or goes away.
  const bar = document.getElementById("alert");
  const alertBar = (what, label, act) => {
    bar.textContent = what || "";
    bar.hidden = !what;
    if (label) {
      const b = document.createElement("button");
      b.textContent = label;
      b.addEventListener("click", act);
      bar.append(" ", b);
    }
  };

  // part asks the server for a part of a page. It returns null when there is nothing to put in place.
  const part = async (url, options = {}) => {
    const r = await fetch(url, { ...options, headers: { "X-Part": "1", "X-Tab": tab, ...options.headers }, redirect: "manual" });
    if (r.type === "opaqueredirect") { location.reload(); return null; }
    const said = r.headers.get("X-Say");
    if (said) say(decodeURIComponent(said));
    const html = r.status === 204 ? "" : await r.text();
    return { status: r.status, html, to: r.headers.get("X-To"), version: r.headers.get("X-Version") };
  };

  const make = (html) => {
    const t = document.createElement("template");
    t.innerHTML = html;
    return t.content.querySelector("[data-swap], .seg") || t.content.firstElementChild;
  };

  // swap puts a part in the place of an old one and keeps the person where they were.
  const swap = (old, html, focus = true) => {
    const fresh = make(html);
    if (!fresh) return null;
    old.replaceWith(fresh);
    const field = fresh.querySelector("textarea");
    if (focus) (field || fresh).focus({ preventScroll: true });
    field?.setSelectionRange(field.value.length, field.value.length);
    document.dispatchEvent(new CustomEvent("swapped", { detail: fresh }));
    return fresh;
  };

  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (!form.hasAttribute("data-part")) return;
    e.preventDefault();
    const target = form.closest("[data-swap]");
    const body = new URLSearchParams(new FormData(form, e.submitter));
    let got;
    try {
      got = await part(form.action, { method: "POST", body });
    } catch {
      alertBar(texts.unsaved);
      return;
    }
    if (!got) return;
    alertBar("");
    if (got.status === 423) { locked(); return; }
    if (form.dataset.part === "gone" && got.status < 300) { gone(target); return; }
    if (got.status < 300 || got.status === 409) {
      if (target.dataset.replaces) { const s = document.getElementById(target.dataset.replaces); target.remove(); if (got.status < 300) { s.hidden = false; onward(swap(s, got.html, false)); } else { s.before(keepReplaces(got.html, s.id)); } return; }
      swap(target, got.html);
      return;
    }
    const t = document.createElement("template");
    t.innerHTML = got.html;
    alertBar([...t.content.querySelectorAll("h1, p.small")].map((n) => n.textContent).join(". "), "OK", () => alertBar(""));
  });

  // onward goes to the next word that is hard to hear, or stays at the passage.
  const onward = (seg) => (seg?.querySelector("a.doubt") || seg?.closest(".para")?.querySelector(".tools"))?.focus({ preventScroll: true });

  const keepReplaces = (html, id) => { const n = make(html); n.dataset.replaces = id; n.querySelector("h1")?.remove(); return n; };

  const gone = (li) => {
    const next = li.nextElementSibling || li.previousElementSibling;
    li.remove();
    (next?.querySelector("button") || document.getElementById("main")).focus();
  };

  document.addEventListener("click", async (e) => {
    const a = e.target.closest("a");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    if (a.hasAttribute("data-ground")) { e.preventDefault(); ground(); return; }
    if (a.hasAttribute("data-part")) {
      e.preventDefault();
      try {
        const got = await part(a.getAttribute("href"));
        if (got?.status === 423) locked(); else if (got && got.status < 300) swap(a.closest("[data-swap]"), got.html);
      } catch { alertBar(texts.unsaved); }
      return;
    }
    if (a.matches(".row .tools")) {
      e.preventDefault();
      const para = a.closest(".para");
      const open = para.querySelector(".passage");
      if (open) { open.remove(); return; }
      try {
        const got = await part(a.getAttribute("href"));
        if (got?.status !== 200) return;
        para.append(make(got.html));
        para.querySelector(".passage a").focus({ preventScroll: true });
      } catch { alertBar(texts.unsaved); }
      return;
    }
    if (a.matches("a.doubt")) { // what else the word may be, beside it
      e.preventDefault();
      await otherWords(a);
      return;
    }
    if (a.dataset.edit && document.getElementById(a.dataset.edit)) { // correct words where they stand
      e.preventDefault();
      const seg = document.getElementById(a.dataset.edit);
      try {
        const got = await part(a.getAttribute("href"));
        if (!got || got.status >= 300) return;
        a.closest(".passage").remove();
        const box = keepReplaces(got.html, seg.id);
        seg.hidden = true;
        seg.before(box);
        box.querySelector("textarea").focus();
      } catch { alertBar(texts.unsaved); }
      return;
    }
    if (a.hasAttribute("data-cancel") && a.closest("[data-replaces]")) {
      e.preventDefault();
      const box = a.closest("[data-replaces]");
      document.getElementById(box.dataset.replaces).hidden = false;
      box.remove();
    }
    if (a.hasAttribute("data-first")) {
      const first = document.querySelector(".item.is-proposed");
      if (first) { e.preventDefault(); go(first); }
    }
  });

  const para = (n) => n.closest(".para, .held");
  const otherWords = async (a) => {
    leaveWord();
    try {
      const got = await part(a.getAttribute("href"));
      if (got?.status === 423) { locked(); return; }
      if (got?.status !== 200) { if (got) location.href = a.href; return; }
      leaveWord();
      const box = make(got.html), at = para(a), edge = at.getBoundingClientRect(), word = a.getBoundingClientRect();
      at.append(box);
      box.style.top = `${word.bottom - edge.top + 4}px`;
      box.style.left = `${Math.max(0, Math.min(word.left - edge.left, edge.width - box.offsetWidth))}px`;
      box.from = a;
      box.focus({ preventScroll: true }); // not on a choice: a key that is held down must choose nothing
      box.scrollIntoView({ block: "nearest" });
    } catch { alertBar(texts.unsaved); }
  };
  const leaveWord = (back) => {
    const box = document.querySelector(".oneword");
    box?.remove();
    if (back) box?.from.focus({ preventScroll: true });
  };
  document.addEventListener("click", (e) => { if (!e.target.closest(".oneword")) leaveWord(); else if (e.target.closest("[data-away]")) leaveWord(true); });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && document.querySelector(".oneword")) leaveWord(true); });

  // A text that was typed and not saved is not left by accident; one that is just being sent is saved.
  let sent;
  document.addEventListener("submit", (e) => { sent = e; });
  document.addEventListener("input", () => { sent = undefined; });
  addEventListener("beforeunload", (e) => {
    document.dispatchEvent(new CustomEvent("leaving")); // who can still keep something does it now
    const going = sent && !sent.defaultPrevented ? sent.target : null;
    const dirty = [...document.querySelectorAll("textarea")].some((t) => t.value !== t.defaultValue && t.form !== going);
    if (dirty) e.preventDefault();
  });
  document.addEventListener("change", (e) => { if (e.target.form?.hasAttribute("data-auto")) e.target.form.requestSubmit(); });

  const ground = () => { const d = document.getElementById("ground"); if (!d.open) d.showModal(); };

  // The rest of a long session comes once its beginning can be used, a little at a time so that nothing waits for it.
  const rest = document.getElementById("rest");
  const fill = async () => {
    let got;
    try { got = await part(rest.dataset.rest); } catch { return; } // the link stays
    if (got?.status !== 200) return;
    const t = document.createElement("template");
    t.innerHTML = got.html;
    const wanted = target() ? t.content.getElementById(target()) : null;
    const rows = [...t.content.children];
    const step = () => {
      const some = rows.splice(0, wanted ? rows.length : 24);
      rest.before(...some);
      document.dispatchEvent(new CustomEvent("rows", { detail: { rows: some, all: !rows.length } }));
      if (rows.length) { setTimeout(step, 0); return; }
      rest.remove();
      wanted?.scrollIntoView();
    };
    step();
  };
  // later waits until the page has been drawn; a page in the background is not.
  const later = (f) => {
    let done = false;
    const once = () => { if (!done) { done = true; f(); } };
    setTimeout(once, 1000);
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(once, 0)));
  };
  const target = () => location.hash.length > 1 && location.hash.slice(1);
  if (rest) { if (target() && !document.getElementById(target())) fill(); else later(fill); }

  // Going through items.
  const items = () => [...document.querySelectorAll(".item")].filter((n) => n.offsetParent);
  let current = null;
  const go = (n) => {
    current = n.id;
    n.focus({ preventScroll: true });
    n.scrollIntoView({ block: "center" });
  };
  const here = () => document.activeElement?.closest(".item") || (current && document.getElementById(current)) || null;
  const step = (by) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[at < 0 ? 0 : at + by];
    if (next) go(next); else say(texts.last);
  };
  const press = (what) => {
    const n = here();
    const b = n?.querySelector(`button[value="${what}"], [data-do="${what}"]`);
    if (b) { current = n.id; b.click(); }
  };
  const keys = {
    j: () => step(1), k: () => step(-1), a: () => press("accept"), x: () => press("reject"), z: () => press("undo"), e: () => press("edit"),
    d: () => press("done"), p: () => here()?.querySelector("[data-play]")?.click(), g: ground, "?": () => { location.href = "/help"; },
  };
  const typing = (n) => n && (n.isContentEditable || n.matches("input:not([type=range]):not([type=radio]), textarea, select"));
  document.addEventListener("keydown", (e) => {
    if (root.dataset.keys === "off" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target) || document.querySelector("dialog[open]")) return;
    const act = keys[e.key];
    if (act && !(e.key === " " && e.target.matches("button, summary, a"))) {
      if (act(e) !== false) e.preventDefault();
    }
  });

  // What changes elsewhere.
  const locked = () => alertBar(texts.locked, texts.unlock, () => { location.href = "/unlock"; });
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  let down = 0;
  const listen = () => {
    const source = new EventSource(document.querySelector("[data-captions]") ? "/events?captions=1" : "/events");
    source.onopen = () => { clearTimeout(down); if (down) tell("items"); down = 0; if (bar.textContent.startsWith(texts.offline)) alertBar(""); };
    source.onerror = () => {
      down ||= setTimeout(() => alertBar(texts.offline), 2500);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    };
    source.addEventListener("item", async (e) => {
      const { id, seen } = JSON.parse(e.data);
      const n = document.querySelector(`.item[data-item="${id}"]`);
      if (!n || n.dataset.seen === seen) return;
      if (n.classList.contains("is-editing")) { say(texts.changed); return; }
      const got = await part("/items/" + id);
      if (got?.status === 200 && n.isConnected && n.dataset.seen !== seen) swap(n, got.html, n.contains(document.activeElement));
    });
    source.addEventListener("items", (e) => {
      if (document.querySelector(`[data-session="${JSON.parse(e.data).session}"]`)) tell("items");
    });
    source.addEventListener("words", (e) => {
      const { session, tab: whose } = JSON.parse(e.data);
      if (document.querySelector(`[data-session="${session}"]`) && whose !== tab) alertBar(texts.elsewhere, texts.reload, () => location.reload());
    });
    for (const name of ["work", "recording", "hearing"]) source.addEventListener(name, (e) => tell(name, JSON.parse(e.data)));
    source.addEventListener("notice", () => tell("refresh"));
    source.addEventListener("unlocked", () => alertBar(""));
    addEventListener("pagehide", () => source.close(), { once: true });
  };
  listen();
  document.addEventListener("work", (e) => { if (e.detail.locked) locked(); });

  return { texts, say, part, keys, alertBar, later };
})();
