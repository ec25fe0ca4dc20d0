"use strict";
// Files that are dropped or chosen, and how far sessions are.
(() => {
  const { texts, part, say } = notebook;
  const form = document.getElementById("import");
  const list = document.getElementById("list");

  let before = null; // what was at work when the server last looked
  const shown = () => [...document.querySelectorAll("[data-stage]")].map((n) => n.dataset.stage);
  // A short file may be done before the server looks: then nothing tells of its end.
  const unheard = () => shown().some((id) => !before?.includes(id));

  const refresh = async () => {
    if (!list) { if (document.querySelector("[data-work]")) location.reload(); return; }
    const r = await fetch("/sessions");
    if (!r.ok) return;
    const doc = new DOMParser().parseFromString(await r.text(), "text/html");
    document.getElementById("list").replaceChildren(...doc.getElementById("list").childNodes);
    if (unheard()) setTimeout(() => { if (unheard()) refresh(); }, 2500);
  };
  document.addEventListener("refresh", refresh);

  document.addEventListener("work", (e) => {
    const ids = e.detail.stages.map((s) => s.id);
    for (const s of e.detail.stages) {
      const n = document.querySelector(`[data-stage="${s.id}"]`);
      if (!n) continue;
      const bar = n.querySelector("progress");
      if (s.percent >= 0) bar.value = s.percent; else bar.removeAttribute("value");
      n.querySelector("[data-say]").textContent = s.say;
    }
    const seen = shown();
    const ended = (before || seen).filter((id) => !ids.includes(id));
    if (ended.length && !e.detail.locked) { say(texts.ready); refresh(); } else if (list && ids.some((id) => !seen.includes(id))) refresh();
    before = ids;
  });

  if (!form) return;
  const uploads = document.getElementById("uploads");
  const send = (file) => new Promise((done) => {
    const line = document.createElement("p");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", texts.uploading);
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = file.name;
    line.append(texts.uploading + " ", name, " ", bar);
    uploads.append(line);
    const data = new FormData();
    const day = new Date(file.lastModified);
    data.append("date", `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`);
    data.append("file", file);
    const x = new XMLHttpRequest();
    x.open("POST", "/sessions");
    x.setRequestHeader("X-Part", "1");
    x.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; };
    x.onloadend = () => {
      if (x.status >= 200 && x.status < 300) line.remove();
      else line.replaceChildren(name, " " + texts.failed);
      refresh();
      done();
    };
    x.send(data);
  });
  const take = async (files) => { for (const f of files) await send(f); form.reset(); };
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    take([...document.getElementById("file").files]);
  });
  let inside = 0;
  const over = (on) => document.body.classList.toggle("dropping", on);
  addEventListener("dragenter", (e) => { if (e.dataTransfer?.types.includes("Files")) { inside++; over(true); } });
  addEventListener("dragleave", () => { if (inside > 0 && --inside === 0) over(false); });
  addEventListener("dragover", (e) => e.preventDefault());
  addEventListener("drop", (e) => {
    e.preventDefault();
    inside = 0;
    over(false);
    if (e.dataTransfer?.files.length) take([...e.dataTransfer.files]);
  });
})();
