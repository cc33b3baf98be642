/**
 * Shows the print button, which only works with scripts, and lets it print.
 */
const button = document.getElementById("print");

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
