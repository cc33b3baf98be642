/**
 * Moves the focus to the error summary, so that a screen reader starts there.
 * For browsers that honour `autofocus` on inputs only; without this script the summary is still first on the page.
 */
const summary = document.getElementById("error-summary");

if (summary && document.activeElement !== summary) {
  summary.focus();
}
