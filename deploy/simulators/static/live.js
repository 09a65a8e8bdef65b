// Keeps what is marked data-live fresh, without touching what somebody is typing.
"use strict";
const parts = () => document.querySelectorAll("[data-live]");
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (next && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
    }
  } catch {
    // the simulator is away: what is shown stays, and the next look may find it back
  }
}
if (parts().length) setInterval(refresh, 2000);
