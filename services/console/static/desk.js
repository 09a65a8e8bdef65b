// Everything works without this script. With it a page that lists something asks again when it
// hears that something changed, warns before it locks itself, and forgets itself on Back.
(() => {
  const { again, back, came, gone, idle, mask } = document.body.dataset;
  const leave = () => location.replace(back);
  const ask = (path, more) => fetch(path, { redirect: "manual", headers: { "X-Part": "1" }, ...more });
  addEventListener("pageshow", (shown) => { if (shown.persisted) location.reload(); });
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
  if (again) setTimeout(() => location.replace(again), 20000); // a part was down

  // The page goes when the server says that the session is over, and not before: another tab may
  // keep it alive, and so does whoever types here.
  const warning = document.getElementById("idle");
  if (!warning) return;
  let due, typed = Date.now(), told = typed;
  const plan = (left) => {
    warning.hidden = left > 60000;
    clearTimeout(due);
    due = setTimeout(stands, warning.hidden ? left - 60000 : left + 1000);
  };
  const stands = async (form) => {
    const stay = form && { method: "POST", headers: {}, body: new URLSearchParams(new FormData(form)) };
    try {
      const answer = await ask("/stay", stay);
      if (answer.status === 204) plan(answer.headers.get("Idle-In") * 1000);
      else if (answer.status < 429) leave();
      else throw answer.status;
    } catch {
      if (Date.now() - typed < idle * 1000) plan(30000);
      else leave();
    }
  };
  const stay = () => stands(warning.querySelector("form"));
  plan(idle * 1000);
  warning.addEventListener("submit", (sent) => { sent.preventDefault(); stay(); });
  addEventListener("input", () => {
    typed = Date.now();
    if (typed - told > 60000) { told = typed; stay(); }
  });

  // what was shown once is masked again when nobody has touched the page for three minutes
  if (mask) {
    let masking;
    const wait = () => {
      clearTimeout(masking);
      masking = setTimeout(() => location.replace(mask), 180000);
    };
    for (const touch of ["pointerdown", "keydown", "scroll"]) addEventListener(touch, wait, { passive: true });
    wait();
  }

  const part = () => document.querySelector("[data-live]");
  if (!window.EventSource || !(part() || mask)) return;
  const updated = document.querySelector("[role=status]"), status = document.createElement("span");
  if (updated) { // it says each minute what time it is; what is read aloud says what changed
    updated.removeAttribute("role");
    status.setAttribute("role", "status");
    updated.after(" ", status);
  }

  // Puts `now` in the place of `old`, all round what holds focus: that stays as it is.
  const put = (old, now, held) => {
    if (old === held) return;
    if (!held || !old.contains(held)) { old.replaceWith(now); return; }
    const kind = (each) => each.id || each.tagName + each.className;
    const kept = [...old.children].find((each) => each.contains(held));
    const twin = [...now.children].find((each) => kind(each) === kind(kept));
    const fresh = [...now.childNodes], at = twin ? fresh.indexOf(twin) : fresh.length;
    for (const each of [...old.childNodes]) if (each !== kept) each.remove();
    kept.before(...fresh.slice(0, at));
    kept.after(...fresh.slice(at + 1));
    if (twin) put(kept, twin, held);
  };
  const show = (page) => {
    const old = part(), now = page.querySelector("[data-live]"), focus = document.activeElement;
    const ids = (root) => [...root.querySelectorAll("li[id]")].map((row) => row.id);
    const before = ids(old), after = ids(now);
    const more = after.filter((id) => !before.includes(id)).length;
    const less = before.filter((id) => !after.includes(id)).length;
    put(old, now, old.contains(focus) && (focus.closest("li[id]") || focus));
    status.textContent = [more && `${came} ${more}`, less && `${gone} ${less}`].filter(Boolean).join(" ");
    updated.innerHTML = page.querySelector("[role=status]").innerHTML;
    document.title = page.title;
  };
  let asking = false, missed = false, source = null, known = null;
  const refresh = async () => {
    if (!part()) { stands(); return; }
    if (asking) { missed = true; return; }
    asking = true;
    try {
      const answer = await ask(location.href);
      if (answer.status === 200) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status < 429) leave();
      else throw answer.status;
    } catch { status.textContent = part().dataset.offline; }
    asking = false;
    if (missed) { missed = false; refresh(); }
  };
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/live");
    source.onmessage = (heard) => {
      if (known !== null && heard.data !== known && part()) refresh();
      known = heard.data;
    };
    source.onerror = () => { // the session may be over, or the line: the next word is news
      known = "";
      refresh();
      if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(listen, 10000); }
    };
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (source) source.close(); source = null; }
    else if (!source) { listen(); refresh(); }
  });
  listen();
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);
})();
