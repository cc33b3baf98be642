/**
 * Shows the buttons that only work with scripts, and makes them work. Without this file nothing is missing:
 * the same page can be shared with the links beside them and printed from the browser's menu.
 */
const address = location.origin + location.pathname;

const actions = {
  copy: {
    works: Boolean(navigator.clipboard),
    run: async (button) => {
      await navigator.clipboard.writeText(address);
      button.parentElement.querySelector("[role=status]").textContent = "Link copied";
    },
  },
  share: {
    works: Boolean(navigator.share),
    run: () => navigator.share({ title: document.querySelector("h1").textContent, url: address }).catch(() => {}),
  },
  print: { works: true, run: () => window.print() },
};

for (const button of document.querySelectorAll("button[data-action]")) {
  const action = actions[button.dataset.action];
  button.hidden = !action.works;
  button.addEventListener("click", () => action.run(button));
}
