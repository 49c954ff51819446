"use strict";

const board = document.getElementById("board");
const drawer = document.getElementById("drawer");
const news = document.getElementById("news");
const highlightFor = 6000;
const newsFor = 7000;

// The one door for markup: what this server rendered, which encodes every value.
const served = { createHTML: (html) => html };
const door = window.trustedTypes?.createPolicy("board", served) ?? served;

function elementOf(html) {
  // A parsed document besides runs no script of its own.
  return new DOMParser().parseFromString(door.createHTML(html), "text/html").body.firstElementChild;
}

function tell(text, byAgent) {
  const line = document.createElement("p");
  line.textContent = text;
  line.classList.toggle("by-agent", byAgent);
  news.append(line);
  while (news.childElementCount > 4) {
    news.firstElementChild.remove();
  }
  setTimeout(() => line.remove(), newsFor);
}

/* ---- the drawer ---- */

let opener = null;

async function showCard(address, focus) {
  const answer = await fetch(`${address}?fragment=true`);
  if (!answer.ok) {
    location.href = address;
    return;
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "round close";
  close.setAttribute("aria-label", "Close");
  close.textContent = "✕";
  close.addEventListener("click", () => drawer.close());
  drawer.replaceChildren(close, elementOf(await answer.text()));
  drawer.dataset.address = address;
  history.replaceState(null, "", `#${address.split("/").pop()}`);
  if (!drawer.open) {
    drawer.showModal();
  }
  if (focus) {
    drawer.scrollTop = 0;
    drawer.querySelector("h1")?.focus();
  }
}

function isPlainClick(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

if (board) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".tile a, .drawer .subcards a, .drawer .parent a");
    if (link && isPlainClick(event) && link.origin === location.origin) {
      event.preventDefault();
      opener = link.closest(".tile") ? link : opener;
      showCard(link.pathname, true).catch(() => { location.href = link.href; });
    }
  });
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) {
      drawer.close();
    }
  });
  drawer.addEventListener("close", () => {
    const tile = opener && (opener.isConnected ? opener : board.querySelector(`a[href="${CSS.escape(opener.pathname)}"]`));
    tile?.focus();
    drawer.replaceChildren();
    history.replaceState(null, "", location.pathname);
  });
  // A link to the board may name a card, as the drawer itself writes it: #12.
  if (/^#[0-9]{1,9}$/.test(location.hash)) {
    showCard(`${location.pathname}/${location.hash.slice(1)}`, true).catch(() => {});
  }
}

/* ---- filter and keys ---- */

const filter = document.getElementById("filter");
const agents = document.getElementById("agents");

function applyFilter() {
  const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const onlyAgents = agents.getAttribute("aria-pressed") === "true";
  for (const tile of board.querySelectorAll(".tile")) {
    const text = tile.textContent.toLowerCase();
    tile.hidden = !words.every((word) => text.includes(word)) || (onlyAgents && !("agent" in tile.dataset));
  }
}

function moveFocus(event) {
  const link = document.activeElement?.closest(".tile a");
  const steps = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const step = steps[event.key];
  if (!link || !step) {
    return;
  }
  const columns = [...board.querySelectorAll(".column")].map((column) => [...column.querySelectorAll(".tile:not([hidden]) a")]);
  let x = columns.findIndex((column) => column.includes(link));
  let y = columns[x].indexOf(link) + step[1];
  if (step[0] !== 0) {
    do {
      x += step[0];
    } while (columns[x]?.length === 0);
    y = Math.min(y, (columns[x]?.length ?? 0) - 1);
  }
  const next = columns[x]?.[y];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

if (board) {
  filter.addEventListener("input", applyFilter);
  agents.addEventListener("click", () => {
    agents.setAttribute("aria-pressed", String(agents.getAttribute("aria-pressed") !== "true"));
    applyFilter();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && typing === filter) {
      filter.value = "";
      applyFilter();
    } else if (!typing && !event.metaKey && !event.ctrlKey && !event.altKey) {
      moveFocus(event);
    }
  });
}

/* ---- live changes ---- */

function changeCount(column, by) {
  const shown = column?.querySelector(".count");
  if (shown) {
    shown.textContent = String(Number(shown.textContent) + by);
  }
}

function place(tile, list) {
  const sort = Number(tile.dataset.sort);
  const after = [...list.children].find((other) => Number(other.dataset.sort) > sort);
  list.insertBefore(tile, after ?? null);
}

function describe(change, from) {
  const who = change.agent ?? "Someone";
  if (change.kind === "created") {
    return `${who} created ${change.card}`;
  }
  if (change.kind === "commented" && change.session) {
    return `${who} works on ${change.card}: ${change.session.replace("_", " ")}`;
  }
  if (change.kind === "commented") {
    return `${who} commented on ${change.card}`;
  }
  return from && from !== change.state ? `${who} moved ${change.card} to ${change.stateName}` : `${who} updated ${change.card}`;
}

function onChange(change) {
  const old = board.querySelector(`.tile[data-card="${CSS.escape(change.id)}"]`);
  const from = old?.closest(".column");
  const focused = old?.contains(document.activeElement);
  old?.remove();
  changeCount(from, old ? -1 : 0);
  const column = change.html && board.querySelector(`.column[data-state="${CSS.escape(change.state)}"]`);
  if (column) {
    const tile = elementOf(change.html);
    place(tile, column.querySelector(".cards"));
    changeCount(column, 1);
    tile.classList.add("fresh");
    tile.classList.toggle("fresh-agent", Boolean(change.agent));
    setTimeout(() => tile.classList.remove("fresh", "fresh-agent"), highlightFor);
    applyFilter();
    if (focused) {
      tile.querySelector("a")?.focus();
    }
    tell(describe(change, from?.dataset.state), Boolean(change.agent));
  }
  const open = drawer.open && drawer.querySelector(`.card[data-card="${CSS.escape(change.id)}"]`);
  if (open) {
    showCard(drawer.dataset.address, false).catch(() => drawer.close());
  }
}

if (board) {
  const live = document.getElementById("live");
  const show = (state, text) => {
    live.dataset.state = state;
    live.lastElementChild.textContent = text;
  };
  const events = new EventSource(board.dataset.events);
  events.addEventListener("open", () => show("on", "Live"));
  events.addEventListener("error", () => show("off", "Reconnecting"));
  events.addEventListener("card", (event) => onChange(JSON.parse(event.data)));
  addEventListener("pagehide", () => events.close());
}
