// Keeps the page true without reloading it: each server-sent event makes it fetch
// its changing parts again and swap those that differ. Without this script the
// page works all the same and refreshes itself.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const byId = (id) => document.getElementById(id);
  let asOf = "";
  let busy = false;
  let again = false;

  const stale = (on) => {
    const bar = byId("stale");
    bar.textContent = on ? "Reconnecting… as of " + (asOf || "the time you opened this page") : "";
    bar.hidden = !on;
  };

  const plain = (e) => e.outerHTML.replaceAll(' autofocus=""', "");

  // swap replaces one part, keeping the focus and what the reader had opened.
  const swap = (fresh) => {
    const old = byId(fresh.id);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
    old.querySelectorAll("details").forEach((d) => {
      const twin = fresh.querySelector("#" + CSS.escape(d.id));
      if (twin) twin.open = d.open;
    });
    if (plain(old) === plain(fresh)) return;
    fresh.querySelectorAll("[autofocus]").forEach((e) => e.removeAttribute("autofocus"));
    const said = old.dataset.announce;
    old.replaceWith(fresh);
    if (fresh.dataset.announce && fresh.dataset.announce !== said) byId("announce").textContent = fresh.dataset.announce;
    if (focused !== null) (byId(focused) || byId("panel-title"))?.focus();
  };

  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "Portal-Live": "1" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
      parts.querySelectorAll("[data-live]").forEach((part) => swap(document.adoptNode(part)));
      stale(false);
    } catch {
      stale(true);
    }
    busy = false;
    if (again) { again = false; refresh(); }
  };

  const url = document.body.dataset.events;
  if (url) {
    const events = new EventSource(url);
    events.addEventListener("changed", (e) => { asOf = e.data; refresh(); });
    events.onerror = () => stale(true);
    addEventListener("pagehide", () => events.close());
  }

  // Copied text is bare; the button says so for two seconds.
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    byId("announce").textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  // Escape closes the panel.
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && location.hash === "#qr-large") location.hash = "";
    else if (e.key === "Escape") document.querySelector("a.scrim")?.click();
  });

  // The strip's buttons act without leaving the page, one after the other: a block
  // asked for after a payment must not overtake it on another connection.
  let acts = Promise.resolve();
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-quiet]")) return;
    e.preventDefault();
    const form = e.target;
    const body = new URLSearchParams(new FormData(form));
    acts = acts.then(async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", headers: { "Portal-Live": "1" }, body });
        if (!answer.ok) { form.submit(); return; }
        refresh();
      } catch {
        stale(true);
      }
    });
  });
})();
