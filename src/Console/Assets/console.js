// A page that waits for something looks again by itself.
const waiting = document.querySelector("[data-reload]");
if (waiting) {
  setTimeout(() => location.reload(), Number(waiting.dataset.reload));
}
