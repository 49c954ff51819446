"use strict";

// Forms are sent from here: the content policy lets no page submit one by itself.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) {
    return;
  }
  event.preventDefault();
  send(form).catch((failure) => tell(failure.message, false));
});

async function send(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) {
      throw new Error(answer.status === 403 ? await answer.text() : "That did not work; load the page again.");
    }
    if (form.closest("dialog")) {
      await showCard(drawer.dataset.address, false);
    } else {
      location.reload();
    }
  } finally {
    button.disabled = false;
  }
}
