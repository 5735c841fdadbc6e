// Small comforts, attached by data attributes. Every page works without them.

const listen = (event, selector, answer) =>
  document.addEventListener(event, (happening) => {
    const element = happening.target.closest?.(selector);
    if (element) answer(element, happening);
  });

// <form data-autosubmit>: a changed filter asks at once; the button marked data-submit is then not needed.
for (const button of document.querySelectorAll("form[data-autosubmit] [data-submit]")) button.hidden = true;
listen("change", "form[data-autosubmit]", (form) => form.requestSubmit());

// <button data-copy="text" hidden>: shown only where copying works.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  listen("click", "[data-copy]", async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = button.dataset.copied ?? "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// <button data-print hidden>: prints the page.
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
listen("click", "[data-print]", () => window.print());

// A list of errors takes the focus, so that it is the first thing heard.
document.querySelector("[data-focus]")?.focus();

// A second press of the same button is not a second order; the server holds to that too.
listen("submit", "form[data-once]", (form, happening) => {
  if (form.dataset.sent) happening.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});
