"use strict";
// The pages for the days between sessions. Their forms work without this: here they are sent without leaving the page
// first, so that what was typed is still there when Afterword does not answer or somebody else was faster.
(() => {
  const { texts, part, alertBar } = notebook;

  const settle = (form) => { for (const t of form.querySelectorAll("textarea")) t.defaultValue = t.value; };

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
    const fresh = [...t.content.querySelectorAll("form")].find((f) => f.getAttribute("action") === form.getAttribute("action") && f.hasAttribute("data-swap"));
    if (!fresh || !form.hasAttribute("data-swap")) {
      alertBar([...t.content.querySelectorAll("h1, p.small, .notice p")].map((n) => n.textContent).join(". "), "OK", () => alertBar(""));
      return;
    }
    form.replaceWith(fresh);
    const say = fresh.querySelector(".notice");
    if (say) { say.tabIndex = -1; say.focus(); say.scrollIntoView({ block: "center" }); }
  };

  // A menu closes when one goes elsewhere.
  document.addEventListener("click", (e) => {
    for (const d of document.querySelectorAll("details.others[open]")) if (!d.contains(e.target)) d.open = false;
  });
  document.addEventListener("keydown", (e) => {
    const d = document.querySelector("details.others[open]");
    if (d && e.key === "Escape") { d.open = false; d.querySelector("summary").focus(); }
  });
})();
