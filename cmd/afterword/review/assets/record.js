"use strict";
// The recording that is going on: its state, its level, its words, on every page.
(() => {
  const { say, part, alertBar, texts } = notebook;
  const page = document.getElementById("recording");
  const bar = document.getElementById("live");
  const each = (name, f) => document.querySelectorAll(`[data-live="${name}"]`).forEach(f);
  const set = (n, s) => { if (n.textContent !== s) n.textContent = s; };
  // Of pausing and going on, one is offered; whoever had the focus on the other goes with it.
  const offer = (paused) => {
    for (const form of document.querySelectorAll("[data-live-form]")) {
      const had = form.contains(document.activeElement);
      const [pause, resume] = ["pause", "resume"].map((v) => form.querySelector(`[value="${v}"]`));
      pause.hidden = paused;
      resume.hidden = !paused;
      if (had) (paused ? resume : pause).focus();
    }
  };
  let state = page?.dataset.state || bar?.dataset.state || "";

  document.addEventListener("recording", (e) => {
    const now = e.detail;
    if (page && !now.on) { location.href = "/sessions/" + page.dataset.session; return; }
    if (page && now.session !== page.dataset.session) { location.reload(); return; }
    if (bar) { bar.hidden = !now.on; bar.querySelector("a").href = now.place || "/recording"; }
    if (now.state !== state) { if (now.say) say(now.say); state = now.state; }
    for (const n of [page, bar]) if (n) n.dataset.state = now.state;
    each("say", (n) => set(n, now.say));
    each("clock", (n) => set(n, now.clock));
    each("device", (n) => set(n, now.device));
    each("facts", (n) => set(n, now.facts));
    each("level", (n) => { n.value = now.level; });
    each("first", (n) => set(n, now.warnings[0] || ""));
    offer(now.state === "paused");
    each("warnings", (n) => {
      if ([...n.children].map((c) => c.textContent).join("\n") === now.warnings.join("\n")) return;
      n.replaceChildren(...now.warnings.map((w) => { const li = document.createElement("li"); li.textContent = w; return li; }));
    });
    const words = document.getElementById("captions");
    if (words) {
      words.hidden = !now.heard && !now.draft;
      each("heard", (n) => set(n, now.heard));
      each("draft", (n) => set(n, now.draft));
    }
  });

  // Pausing and marking need no new page: the recording goes on under the old one.
  const send = async (form, submitter) => {
    try {
      const got = await part(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, submitter)) });
      if (got && got.status < 300) { alertBar(""); return got; }
      location.reload();
    } catch { alertBar(texts.unsaved); }
    return null;
  };
  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (form.hasAttribute("data-live-form")) {
      e.preventDefault();
      const paused = e.submitter.value === "pause";
      if (await send(form, e.submitter)) offer(paused);
    }
    if (form.id === "mark") {
      e.preventDefault();
      const got = await send(form);
      if (!got) return;
      const t = document.createElement("template");
      t.innerHTML = got.html;
      document.getElementById("marked").replaceWith(t.content);
      form.reset();
      document.getElementById("note").focus();
    }
  });
})();
