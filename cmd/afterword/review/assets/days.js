"use strict";
// The pages for the days between sessions. Their forms work without this: here they are sent without leaving the page
// first, so that what was typed is still there when Afterword does not answer or somebody else was faster.
(() => {
  const { texts, part, alertBar } = notebook;

  const settle = (form) => {
    for (const t of form.querySelectorAll("textarea")) t.defaultValue = t.value;
    if (form.keeping) form.keeping.dirty = false; // it is not sent once more when the page is left
  };

  // follow goes where a form leads; to the page that one is on already by loading it anew, so that it stays where it was.
  const follow = (to) => {
    const url = new URL(to, location.href);
    if (url.pathname === location.pathname && url.search === location.search) {
      if (url.hash) history.replaceState(null, "", url.hash);
      location.reload();
    } else {
      location.assign(url);
    }
  };

  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (!form.hasAttribute("data-go") || e.defaultPrevented) return;
    e.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    clearTimeout(form.keeping?.timer);
    await form.keeping?.flight;
    let got;
    try {
      got = await part(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form, e.submitter)) });
    } catch {
      alertBar(texts.unsaved);
      return;
    } finally {
      delete form.dataset.sending;
    }
    if (!got) return;
    alertBar("");
    if (got.to) {
      settle(form);
      follow(got.to);
    } else if (got.status === 423) {
      alertBar(texts.locked, texts.unlock, () => { location.href = "/unlock"; });
    } else {
      comeBack(form, got.html);
    }
  });

  // comeBack puts a form in its place again as the server sent it back, with what was typed and why.
  const comeBack = (form, html) => {
    const t = document.createElement("template");
    t.innerHTML = html;
    const forms = [...t.content.querySelectorAll("form[data-swap]")];
    // One that was new may have a place of its own by now.
    const fresh = forms.length === 1 ? forms[0] : forms.find((f) => f.getAttribute("action") === form.getAttribute("action"));
    if (!fresh || !form.hasAttribute("data-swap")) {
      alertBar([...t.content.querySelectorAll("h1, p.small, .notice p")].map((n) => n.textContent).join(". "), "OK", () => alertBar(""));
      return;
    }
    form.replaceWith(fresh);
    const say = fresh.querySelector(".notice");
    if (say) { say.tabIndex = -1; say.focus(); say.scrollIntoView({ block: "center" }); }
  };

  // Keeping what is typed, as it is typed: a form goes out a moment after the last key, one at a time, each with the
  // version that the one before came back with. One that cannot be sent is tried again; one that somebody else was
  // faster with is not, and saving it by hand shows both.
  const PAUSE = 900, AGAIN = 4000; // ms
  const keep = (form) => {
    const state = form.keeping ||= { timer: 0, busy: false, more: false, over: false };
    if (state.over || !form.isConnected) return;
    if (state.busy) { state.more = true; return; }
    const texts_ = [...form.querySelectorAll("textarea, input:not([type=hidden])")].map((n) => [n, n.value]);
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "autosave");
    state.busy = true;
    state.more = state.dirty = false;
    state.flight = part(form.getAttribute("action"), { method: "POST", body }).then((got) => {
      if (!got) return;
      if (got.to) {
        alertBar("");
        if (got.version) {
          form.setAttribute("action", got.to);
          form.elements.version.value = got.version;
        }
        for (const [n, sent] of texts_) n.defaultValue = sent;
        const line = form.querySelector("[data-kept]");
        if (line && got.version) line.textContent = texts.kept;
      } else if (got.status === 409) {
        state.over = true;
        alertBar(texts.both, "OK", () => alertBar(""));
      } else if (got.status === 423) {
        alertBar(texts.locked, texts.unlock, () => { location.href = "/unlock"; });
      }
    }, () => {
      alertBar(texts.unsaved);
      clearTimeout(state.timer);
      state.timer = setTimeout(keep, AGAIN, form);
    }).finally(() => {
      state.busy = false;
      if (state.more) keep(form);
    });
  };
  document.addEventListener("input", (e) => {
    const form = e.target.form;
    if (!form?.hasAttribute("data-autosave")) return;
    const state = form.keeping ||= { timer: 0, busy: false, more: false, over: false };
    state.dirty = true;
    const line = form.querySelector("[data-kept]");
    if (line) line.textContent = "";
    clearTimeout(state.timer);
    state.timer = setTimeout(keep, PAUSE, form);
  });

  // What was typed in the last moment goes out while the page is left. A browser takes 64 KiB then; with more it asks.
  document.addEventListener("leaving", () => {
    for (const t of document.querySelectorAll("textarea[data-loose]")) t.defaultValue = t.value; // meant to be thrown away
    for (const form of document.querySelectorAll("form[data-autosave]")) {
      if (!form.keeping?.dirty || form.keeping.busy || form.keeping.over) continue;
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "autosave");
      if (body.toString().length > 60000) continue;
      fetch(form.getAttribute("action"), { method: "POST", body, keepalive: true, headers: { "X-Part": "1" } });
      settle(form);
    }
  });

  // A clip plays in its place; one at a time.
  const audio = new Audio();
  audio.preload = "none";
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[data-clip]");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    const again = audio.src === a.href && !audio.paused;
    audio.pause();
    for (const other of document.querySelectorAll("a[data-clip]")) other.textContent = texts.play;
    if (again) return;
    audio.src = a.href;
    a.textContent = texts.pause;
    audio.onpause = audio.onended = audio.onerror = () => { a.textContent = texts.play; };
    audio.play().catch(() => {});
  });

  for (const b of document.querySelectorAll("[data-print]")) {
    b.hidden = false;
    b.addEventListener("click", () => print());
  }

  // A menu closes when one goes elsewhere.
  document.addEventListener("click", (e) => {
    for (const d of document.querySelectorAll("details.others[open]")) if (!d.contains(e.target)) d.open = false;
  });
  document.addEventListener("keydown", (e) => {
    const d = document.querySelector("details.others[open]");
    if (d && e.key === "Escape") { d.open = false; d.querySelector("summary").focus(); }
  });
})();
