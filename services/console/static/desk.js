// Everything works without this script. With it a page that lists something asks again when it
// hears that something changed, warns before it locks itself, and forgets itself on Back.
(() => {
  const body = document.body;
  addEventListener("pageshow", (shown) => { if (shown.persisted) location.reload(); });
  const errors = document.getElementById("errors");
  if (errors) errors.focus();

  const warning = document.getElementById("idle");
  if (warning && body.dataset.idle) {
    const idle = Date.parse(body.dataset.idle) - Date.parse(body.dataset.now);
    setTimeout(() => { warning.hidden = false; }, Math.max(0, idle - 60000));
    setTimeout(() => { location.replace("/"); }, idle + 1000);
  }

  // what was shown once is masked again when nobody has touched the page for three minutes
  if (body.dataset.mask) {
    let due;
    const wait = () => { clearTimeout(due); due = setTimeout(() => location.replace(body.dataset.mask), 180000); };
    for (const touch of ["pointerdown", "keydown", "scroll"]) addEventListener(touch, wait, { passive: true });
    wait();
  }

  const part = document.querySelector("[data-live]");
  if (!part || !window.EventSource) return;
  const status = document.querySelector("[role=status]");
  let asking = false, again = false, source = null, known = null;

  const refresh = async () => {
    if (asking) { again = true; return; }
    if (part.contains(document.activeElement) && document.activeElement.matches("input,select,textarea")) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": "live" }, redirect: "manual" });
      if (answer.status !== 200) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) { location.reload(); return; }
      const held = document.activeElement && part.contains(document.activeElement) ? document.activeElement.closest("[id]") : null;
      if (fresh.innerHTML !== part.innerHTML) {
        part.innerHTML = fresh.innerHTML;
        if (held && held.id) { const same = document.getElementById(held.id); if (same) (same.matches("button,a") ? same : same.querySelector("button,a") || same).focus(); }
      }
      const told = page.querySelector("[role=status]");
      if (status && told) status.innerHTML = told.innerHTML;
      document.title = page.title;
    } catch { if (status) status.textContent = part.dataset.offline; }
    asking = false;
    if (again) { again = false; refresh(); }
  };
  const listen = () => {
    source = new EventSource("/live");
    source.onmessage = (told) => { if (known !== null && told.data !== known) refresh(); known = told.data; };
    source.onerror = () => { if (status) status.textContent = part.dataset.offline; known = ""; };
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (source) source.close(); source = null; }
    else if (!source) { listen(); refresh(); }
  });
  listen();
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);
})();
