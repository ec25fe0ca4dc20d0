"use strict";
// What was found in an open session changes while somebody reads: a language model has read it, two items that were one
// are two again, another window decided. What is new comes to its place, what is gone leaves, and whatever the person
// has under their hands stays as it is.
(() => {
  const { part, say, texts } = notebook;
  const review = document.getElementById("review");
  const pages = review?.querySelector(".pages");
  if (!pages) return;
  const session = review.closest("[data-session]");

  const typed = (n) => [...n.querySelectorAll("textarea")].some((t) => t.value !== t.defaultValue);
  const used = (n) => n.contains(document.activeElement) || typed(n);
  // An item that was just put away can be brought back for as long as it is seen.
  const stays = (n) => used(n) || n.matches(".is-editing, .is-rejected") || n.querySelector(".is-editing, .is-rejected, .passage, .oneword, .correct");

  const items = (box, wanted) => {
    const ids = new Set(wanted.map((n) => n.dataset.item));
    for (const n of box.querySelectorAll(":scope > .item")) if (!ids.has(n.dataset.item) && !stays(n)) n.remove();
    let before = [...box.children].filter((n) => !n.matches(".item")).at(-1);
    for (const n of wanted) {
      const old = document.getElementById(n.id);
      if (old?.parentElement === box && (old.matches(".is-editing") || typed(old) || old.dataset.seen === n.dataset.seen && old.textContent === n.textContent)) {
        before = old;
        continue;
      }
      const had = old?.contains(document.activeElement);
      old?.remove();
      if (before) before.after(n); else box.prepend(n);
      if (had) n.focus({ preventScroll: true });
      before = n;
    }
  };

  const notes = (row, wanted) => {
    let box = row.querySelector(":scope > .notes");
    if (!box && wanted.length) {
      box = document.createElement("div");
      box.className = "notes";
      row.append(box);
    }
    if (!box) return;
    items(box, wanted);
    if (!box.children.length) box.remove();
  };

  // rows goes through both lists at once; what has an id is in the same order in both.
  const rows = (wanted) => {
    const fresh = [];
    let at = pages.firstElementChild;
    for (const row of wanted) {
      const alike = at && !at.id && at.textContent === row.textContent ? at : null;
      const old = row.id ? document.getElementById(row.id) : alike;
      if (!old) {
        pages.insertBefore(row, at);
        fresh.push(row);
        continue;
      }
      at = leave(at, old)?.nextElementSibling;
      if (row.id) notes(old, [...row.querySelectorAll(":scope > .notes > .item")]);
    }
    leave(at, null);
    return fresh;
  };
  const leave = (at, until) => {
    while (at && at !== until) {
      const next = at.nextElementSibling;
      if (!stays(at)) at.remove();
      at = next;
    }
    return at;
  };

  const homeless = (fresh) => {
    let box = review.querySelector(":scope > .homeless");
    const now = fresh.querySelector("#review > .homeless");
    if (!box && !now) return;
    const wanted = now ? [...now.querySelectorAll(":scope > .item")] : [];
    if (!box) {
      box = now.cloneNode(true);
      box.querySelectorAll(".item").forEach((n) => n.remove());
      pages.before(box);
    }
    items(box, wanted);
    if (!box.querySelector(".item")) box.remove();
  };

  const shown = () => [...review.querySelectorAll(".item")].map((n) => n.dataset.item + n.dataset.seen).join();
  const put = (fresh) => {
    const before = shown();
    for (const name of [".short", ".filter"]) { // how many wait, and how far a language model is
      const old = session.querySelector(name), now = fresh.querySelector(name);
      if (old && now && old.textContent !== now.textContent && !used(old) && !old.querySelector("details[open]")) old.replaceWith(now);
    }
    homeless(fresh);
    const more = rows([...fresh.querySelector(".pages").children]);
    document.dispatchEvent(new CustomEvent("rows", { detail: { rows: more, all: true } }));
    if (shown() !== before) say(texts.found);
  };

  // Its rest comes first: both would put the same rows.
  const whole = () => document.getElementById("rest") && new Promise((done) => {
    document.addEventListener("rows", function wait(e) {
      if (!e.detail.all) return;
      document.removeEventListener("rows", wait);
      done();
    });
  });

  let timer = 0, busy = false, again = false;
  const look = async () => {
    if (busy) { again = true; return; }
    busy = true;
    again = false;
    try {
      await whole();
      const url = new URL(location.href);
      url.searchParams.set("view", review.querySelector(".filter").elements.view.value); // else what waits would choose
      url.searchParams.set("open", "1");
      url.searchParams.set("whole", "1");
      const before = shown();
      const got = await part(url.pathname + url.search);
      const t = document.createElement("template");
      if (got?.status === 200) t.innerHTML = got.html;
      if (shown() !== before) again = true; // the person decided meanwhile: this is from before that
      else if (t.content.querySelector(".pages")) put(t.content); // else it is being written down again
    } catch { /* the page says so itself, and looks again when it is back */ }
    busy = false;
    if (again) later();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(look, 150); };
  document.addEventListener("items", later);
})();
