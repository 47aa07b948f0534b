/**
 * What pages do by themselves in a browser; all of them work without it. Plain JavaScript as text, so that the
 * executable needs no file beside it.
 */
export const script = `
"use strict";
(function () {
  var EVERY_MS = 1500, LONGEST_WAIT_MS = 15000, failures = 0;

  function parts(root) { return Array.from(root.querySelectorAll("[data-live]")); }

  /** Takes over what is new; what is typed or focused elsewhere on the page stays. */
  function takeOver(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html");
    if (!fresh.body.dataset.refresh) {
      document.getElementById("main").replaceWith(fresh.getElementById("main"));
      return false;
    }
    parts(fresh).forEach(function (part) {
      var old = document.getElementById(part.id);
      if (old && old.innerHTML !== part.innerHTML && !old.contains(document.activeElement)) old.replaceWith(part);
    });
    return true;
  }

  function look() {
    if (document.hidden) return void setTimeout(look, EVERY_MS);
    fetch(location.href, { headers: { accept: "text/html" }, redirect: "error", signal: AbortSignal.timeout(20000) })
      .then(function (response) {
        if (!response.ok) throw new Error("the answer was " + response.status);
        return response.text();
      })
      .then(function (text) { failures = 0; return takeOver(text); })
      .catch(function () { failures += 1; return true; })
      .then(function (goesOn) {
        if (goesOn) setTimeout(look, Math.min(LONGEST_WAIT_MS, EVERY_MS * Math.pow(2, failures)));
      });
  }
  if (document.body.dataset.refresh) setTimeout(look, EVERY_MS);

  /** A deed is done once, however often its button is pressed. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") {
      Array.from(form.elements).forEach(function (field) { if (field.name && field.value === "") field.disabled = true; });
      return;
    }
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "true";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      Array.from(form.elements).forEach(function (field) { field.disabled = false; });
    });
  });
})();
`;
