// Everything here only adds to pages that work without it.
const PAUSE = 3000;
const TONES = { connected: "good", waiting: "accent", suspended: "soon" };

// A set-up page that waits tells when Codex has called.
for (const live of document.querySelectorAll("[data-live]")) {
  const status = live.querySelector(".status");
  const say = ({ state, sentence }) => {
    if (live.dataset.state === state && status.lastChild.textContent === sentence) {
      return;
    }
    live.dataset.state = state;
    status.className = `status tone-${TONES[state] ?? "quiet"}`;
    status.lastChild.textContent = sentence;
  };
  const ask = async () => {
    try {
      const answer = await fetch(live.dataset.live, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) {
        say(await answer.json());
      }
    } catch {
      // Asked again in a moment.
    }
    setTimeout(ask, document.hidden ? PAUSE * 5 : PAUSE);
  };
  setTimeout(ask, PAUSE);
}
