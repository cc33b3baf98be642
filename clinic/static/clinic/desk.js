/**
 * Every page of the desk: keeps screen readers from spelling out icons, and says how an action went.
 * Without this file the icons' names are read out loud, and a reader finds the message or the mistake by looking for it.
 */
// The icons are words in a font that draws them. A link that is only an icon is then named by its title.
for (const icon of document.querySelectorAll(".material-symbols-outlined")) icon.setAttribute("aria-hidden", "true");

// After an action, a reader starts at what is wrong, or else at the message or what the page is about, and not before the
// menu again. (Chromium now and then leaves an autofocus undone.)
const start = ["#error-summary", "main [aria-invalid=true]", "#said", "main [autofocus]"].map((each) => document.querySelector(each)).find(Boolean);
if (start) start.focus();
