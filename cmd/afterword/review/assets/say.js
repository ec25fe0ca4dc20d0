"use strict";
// An answer that is said: while its words are written down, the page is looked at again, and they are put behind what
// stands in the field. Beginning and ending it needs no script.
(() => {
  const { part, say, texts } = notebook;
  const AGAIN = 800; // ms
  const waiting = () => [...document.querySelectorAll("[data-say][data-waits]")];

  // put shows how far an answer is. What was typed meanwhile stays.
  const put = (old, fresh) => {
    const form = old.closest("form");
    const had = old.contains(document.activeElement);
    const known = new Set([...old.querySelectorAll("[data-words]")].map((n) => n.value));
    const words = [...fresh.querySelectorAll("[data-words]")].filter((n) => !known.has(n.value)).map((n) => n.dataset.words);
    old.replaceWith(fresh);
    const field = form.elements[fresh.dataset.say];
    if (words.length) {
      const clean = field.value === field.defaultValue;
      field.value = [field.value.trimEnd(), ...words].filter(Boolean).join("\n");
      if (clean) field.defaultValue = field.value; // they wait, should the page be left
      say(texts.said);
    }
    if (had) (words.length ? field : fresh.querySelector("button"))?.focus({ preventScroll: true });
  };

  let recording = waiting().some((n) => n.querySelector(".clock"));
  document.addEventListener("recording", (e) => { recording = e.detail.on; });
  const look = async () => {
    let got;
    try { if (!recording) got = await part(location.pathname + location.search); } catch { /* it says so itself when it is there again */ }
    if (got?.status === 200) {
      const t = document.createElement("template");
      t.innerHTML = got.html;
      for (const old of waiting()) {
        const fresh = t.content.getElementById(old.id);
        if (fresh && fresh.innerHTML !== old.innerHTML) put(old, fresh);
      }
    }
    if (waiting().length) setTimeout(look, AGAIN);
  };
  if (waiting().length) setTimeout(look, AGAIN);

  // Whoever comes back from the button is where they were.
  if (location.hash.startsWith("#say-")) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.querySelector("button")?.focus({ preventScroll: true });

  // A voice is listened to for as long as its page is open.
  const ear = document.getElementById("ear");
  let over = false;
  ear?.addEventListener("submit", () => { over = true; }); // the answer is a page of its own; one asked for beside it would lose what it says
  document.addEventListener("hearing", ({ detail: now }) => {
    if (!ear || over) return;
    if (now.on !== ("listens" in ear.dataset)) { over = true; location.reload(); }
    if (!now.on || over) return;
    ear.querySelector('[data-ear="level"]').value = now.level;
    ear.querySelector('[data-ear="part"]').value = now.part;
    const line = ear.querySelector('[data-ear="say"]');
    if (line.textContent !== now.say) line.textContent = now.say;
  });
  addEventListener("pagehide", () => {
    if (ear && "listens" in ear.dataset && !over) fetch("/settings/voice", { method: "POST", body: new URLSearchParams({ do: "stop" }), keepalive: true, headers: { "X-Part": "1" } });
  });
})();
