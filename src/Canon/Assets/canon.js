// Everything here only adds to pages that work without it.

for (const part of document.querySelectorAll("[data-script-hides]")) {
  part.hidden = true;
}

// Switches send their form as soon as they are turned.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.hasAttribute("data-submit")) {
    event.target.form?.requestSubmit();
  }
});

document.querySelector("form[data-submit-now]")?.requestSubmit();

// Copying.
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const before = label.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.closest("figure").querySelector("code").textContent);
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}

// Dialogs: true modals, which take the focus, give it back and close by Escape.
for (const dialog of document.querySelectorAll("dialog[data-modal]")) {
  const open = () => {
    if (!dialog.matches(":modal")) {
      dialog.removeAttribute("open");
      dialog.showModal();
    }
  };
  const forget = () => {
    if (location.hash === `#${dialog.id}`) {
      history.replaceState(null, "", location.pathname + location.search);
    }
  };
  for (const link of document.querySelectorAll(`a[href="#${CSS.escape(dialog.id)}"]`)) {
    link.addEventListener("click", (event) => { event.preventDefault(); open(); });
  }
  for (const link of dialog.querySelectorAll("[data-modal-close]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); dialog.close(); });
  }
  dialog.addEventListener("close", forget);
  if (dialog.open || location.hash === `#${dialog.id}`) {
    open();
  }
}

// Messages leave by a button, and by themselves unless they tell of a failure.
const toasts = document.querySelector("[data-toasts]");
const settle = (toast) => {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (!toast.classList.contains("tone-late")) {
    setTimeout(() => { if (!toast.matches(":hover, :focus-within")) { toast.remove(); } }, 8000);
  }
};
for (const toast of document.querySelectorAll("[data-toast]")) {
  settle(toast);
}

export function say(text, tone = "good") {
  const toast = document.createElement("p");
  toast.className = `toast tone-${tone}`;
  toast.textContent = text;
  toasts?.append(toast);
  settle(toast);
}

// The reader's own clock beside ours.
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const moment of document.querySelectorAll("time[data-moment]")) {
  moment.title = clock.format(new Date(moment.dateTime));
}

// Light or dark: the system's choice until the reader makes another.
const theme = document.querySelector("[data-theme-switch]");
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}
