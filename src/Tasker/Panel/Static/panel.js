// The panel works without this: a page of now, with a link that asks again.
const EVERY = 30000;
const panel = () => document.querySelector("[data-panel]");

// A document that a request parses by itself is inert, so nothing here makes markup out of text.
const load = (address) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", address);
  request.responseType = "document";
  request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new Error(String(request.status))));
  request.onerror = reject;
  request.send();
});

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const old = panel();
    const fresh = (await load(old.dataset.panel)).querySelector("[data-panel]");
    if (fresh) {
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const place = old.querySelector(".table")?.scrollLeft ?? 0;
      old.replaceWith(document.adoptNode(fresh));
      if (focused) {
        const same = focused.id ? `#${CSS.escape(focused.id)}` : `a[href="${CSS.escape(focused.getAttribute("href") ?? "")}"]`;
        (fresh.querySelector(same) ?? document.getElementById("main")).focus({ preventScroll: true });
      }
      fresh.querySelector(".table")?.scrollTo({ left: place });
    }
  } catch {
    // Asked again when something happens, or in a while.
  }
  asking = false;
  if (again) {
    again = false;
    refresh();
  }
}

if (panel()) {
  const light = document.getElementById("panel-live");
  const show = (live) => {
    const text = live ? light.dataset.liveText : light.dataset.awayText;
    light.hidden = false;
    light.className = `status tone-${live ? "good" : "soon"}`;
    if (light.lastElementChild.textContent !== text) {
      light.lastElementChild.textContent = text;
    }
  };
  const events = new EventSource(panel().dataset.panelEvents);
  events.addEventListener("error", () => show(false));
  events.addEventListener("state", (event) => show(event.data === "live"));
  events.addEventListener("agents", (event) => { show(event.data === "live"); refresh(); });
  // Who falls silent says nothing of it: idle and stale come with time alone.
  setInterval(() => { if (!document.hidden) { refresh(); } }, EVERY);
  addEventListener("pagehide", () => events.close());
}
