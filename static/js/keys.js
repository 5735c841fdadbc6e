// The console by keyboard: j and k walk the rows, / goes to the search, Escape closes the drawer.

const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

const walk = (step) => {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
};

const answers = {
  j: () => walk(1),
  k: () => walk(-1),
  "/": () => document.querySelector("input[type=search]")?.focus(),
  Escape: () => document.querySelector("[data-close]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const answer = answers[event.key];
  if (!answer) return;
  event.preventDefault();
  answer();
});
