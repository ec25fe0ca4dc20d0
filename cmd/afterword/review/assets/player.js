"use strict";
// The player: sound by range requests, a shape to seek in, words that play when they are clicked and follow the sound.
(() => {
  const audio = document.getElementById("audio");
  const page = document.querySelector("[data-session]");
  if (!audio || !page) return;
  const id = page.dataset.session;
  const { texts, keys, later } = notebook;
  const seek = document.getElementById("seek");
  const play = document.getElementById("play");
  const speed = document.getElementById("speed");
  const now = document.getElementById("now");
  document.querySelector(".controls").hidden = false;

  const clock = (ms) => {
    const s = Math.floor(ms / 1000);
    const p = (n) => String(n).padStart(2, "0");
    return s >= 3600 ? `${Math.floor(s / 3600)}:${p(Math.floor(s / 60) % 60)}:${p(s % 60)}` : `${Math.floor(s / 60)}:${p(s % 60)}`;
  };

  // The shape of the sound comes when it is there; it is no hurry.
  const box = document.querySelector("[data-wave]");
  later(() => fetch(box.dataset.wave).then(async (r) => { if (r.ok) box.insertAdjacentHTML("afterbegin", await r.text()); }).catch(() => {}));

  let until = Infinity; // where a quote ends
  const start = (ms, end) => {
    until = end ? end / 1000 : Infinity;
    audio.currentTime = ms / 1000;
    audio.play().catch(() => {});
  };
  const toggle = () => { until = Infinity; if (audio.paused) audio.play().catch(() => {}); else audio.pause(); };
  const by = (s) => { until = Infinity; audio.currentTime = Math.max(0, Math.min(audio.duration || 0, audio.currentTime + s)); };
  const faster = (d) => { speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + d)); setSpeed(); };
  const setSpeed = () => { audio.playbackRate = Number(speed.value); };

  play.addEventListener("click", toggle);
  document.getElementById("back").addEventListener("click", () => by(-10));
  document.getElementById("ahead").addEventListener("click", () => by(10));
  speed.addEventListener("change", setSpeed);
  seek.addEventListener("input", () => { until = Infinity; audio.currentTime = seek.value / 1000; });
  Object.assign(keys, {
    " ": toggle, K: toggle, J: () => by(-10), L: () => by(10), "<": () => faster(-1), ">": () => faster(1),
    ArrowLeft: (e) => (e.target.matches("input") ? false : by(-5)), ArrowRight: (e) => (e.target.matches("input") ? false : by(5)),
  });
  const state = () => {
    play.setAttribute("aria-pressed", String(!audio.paused));
    play.setAttribute("aria-label", audio.paused ? texts.play : texts.pause);
    play.firstElementChild.textContent = audio.paused ? "▶" : "❚❚";
  };
  audio.addEventListener("play", () => { state(); requestAnimationFrame(tick); });
  audio.addEventListener("pause", state);

  // Words become clickable when they come near the screen; an hour of them would be too many at once.
  const hydrate = (seg) => {
    if (seg.dataset.w === undefined || seg.dataset.ready) return;
    seg.dataset.ready = "1";
    const starts = seg.dataset.w.split(",").map(Number);
    const from = Number(seg.dataset.s);
    const walker = document.createTreeWalker(seg, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".mark")) nodes.push(walker.currentNode);
    let i = 0;
    for (const node of nodes) {
      const out = document.createDocumentFragment();
      for (const piece of node.data.split(/(\s+)/)) {
        if (!piece) continue;
        if (/^\s/.test(piece)) { out.append(piece); continue; }
        const w = document.createElement("span");
        w.className = "w";
        w.dataset.t = from + (starts[i++] ?? 0);
        w.textContent = piece;
        out.append(w);
      }
      node.replaceWith(out);
    }
  };
  const near = new IntersectionObserver((seen) => {
    for (const e of seen) if (e.isIntersecting) { e.target.querySelectorAll(".seg").forEach(hydrate); near.unobserve(e.target); }
  }, { rootMargin: "600px" });
  const watch = (n) => n.querySelectorAll(".words").forEach((w) => near.observe(w));
  watch(document);

  let segs = [];
  const collect = () => { segs = [...document.querySelectorAll(".pages .seg")].map((n) => ({ n, s: Number(n.dataset.s), e: Number(n.dataset.e) })); };
  collect();
  document.addEventListener("rows", (e) => { e.detail.rows.forEach(watch); if (e.detail.all) collect(); });
  document.addEventListener("swapped", (e) => { collect(); if (e.detail.matches(".seg")) hydrate(e.detail); });

  document.addEventListener("click", (e) => {
    const link = e.target.closest("[data-play]");
    if (link) {
      e.preventDefault();
      start(Number(link.dataset.play), link.dataset.until && Number(link.dataset.until));
      return;
    }
    const seg = e.target.closest(".pages .seg");
    if (!seg || e.target.closest("a.doubt") || !getSelection().isCollapsed) return;
    hydrate(seg);
    const w = e.target.closest(".w");
    start(Number(w ? w.dataset.t : seg.dataset.s));
  });

  // What an item rests on is tinted while the item is looked at.
  let meant = [];
  const mean = (e) => {
    const item = e.target.closest?.(".item");
    meant.forEach((n) => n.classList.remove("meant"));
    meant = item ? [...item.querySelectorAll("blockquote a")].map((a) => document.getElementById(a.hash.slice(1))).filter(Boolean) : [];
    meant.forEach((n) => n.classList.add("meant"));
  };
  document.addEventListener("focusin", mean);
  document.addEventListener("mouseover", mean);

  // Following: the segment that sounds, and the word in it, until the person scrolls away.
  let shown = null, shownWord = null, scrolled = 0;
  for (const what of ["wheel", "touchmove"]) addEventListener(what, () => { scrolled = Date.now(); }, { passive: true });
  const mark = (old, fresh) => { if (old === fresh) return fresh; old?.classList.remove("now"); fresh?.classList.add("now"); return fresh; };
  const follow = (ms) => {
    let lo = 0, hi = segs.length - 1, at = -1;
    while (lo <= hi) { const mid = (lo + hi) >> 1; if (segs[mid].s <= ms) { at = mid; lo = mid + 1; } else hi = mid - 1; }
    const found = at >= 0 && ms < segs[at].e ? segs[at].n : null;
    if (found && found !== shown && !audio.paused && Date.now() - scrolled > 4000) {
      const r = found.getBoundingClientRect();
      if (r.top < 60 || r.bottom > innerHeight - 150) found.scrollIntoView({ block: "center" });
    }
    shown = mark(shown, found);
    let word = null;
    if (found) { hydrate(found); for (const w of found.querySelectorAll(".w")) { if (Number(w.dataset.t) > ms) break; word = w; } }
    shownWord = mark(shownWord, word);
  };
  const show = () => {
    const ms = audio.currentTime * 1000;
    now.textContent = clock(ms);
    if (document.activeElement !== seek || !audio.paused) seek.value = ms;
    seek.setAttribute("aria-valuetext", clock(ms));
    follow(ms);
  };
  const tick = () => {
    show();
    if (audio.currentTime >= until) { audio.pause(); until = Infinity; }
    if (!audio.paused) requestAnimationFrame(tick);
  };
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);

  // Where somebody stops is where they go on.
  let place = null, kept = null;
  const top = () => {
    for (const r of document.querySelectorAll(".row[data-spot]")) if (r.getBoundingClientRect().bottom > 120) return r.dataset.spot;
    return null;
  };
  addEventListener("scrollend", () => { if (scrollY > 400) place = top(); });
  const keep = () => {
    if (!place || place === kept) return;
    kept = place;
    navigator.sendBeacon(`/sessions/${id}/place`, new URLSearchParams({ spot: place }));
  };
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
})();
