// The handover's button to print. Without a script, the browser's own menu prints the same sheet.
const button = document.querySelector("#print");
button.hidden = false;
button.addEventListener("click", () => window.print());
