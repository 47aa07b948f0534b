/**
 * What pages do by themselves in a browser; all of them work without it. Plain JavaScript as text, so that the
 * executable needs no file beside it.
 */
export const script = `
"use strict";
(function () {
  var EVERY_MS = 1500, LONGEST_WAIT_MS = 15000, failures = 0, upToDate = new Date();

  function parts(root) { return Array.from(root.querySelectorAll("[data-live]")); }

  /** Makes a part what is new node by node, so that focus, places scrolled to and what is read aloud stay. */
  function become(old, fresh) {
    if (old.nodeName !== fresh.nodeName) return void old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    Array.from(old.attributes).forEach(function (each) {
      if (!fresh.hasAttribute(each.name)) old.removeAttribute(each.name);
    });
    Array.from(fresh.attributes).forEach(function (each) {
      if (old.getAttribute(each.name) !== each.value) old.setAttribute(each.name, each.value);
    });
    var before = Array.from(old.childNodes), after = Array.from(fresh.childNodes);
    after.forEach(function (node, at) {
      if (before[at]) become(before[at], node);
      else old.append(node);
    });
    before.slice(after.length).forEach(function (node) { node.remove(); });
  }

  /** Old figures must not pass for new ones. */
  function stale(why) {
    var note = document.getElementById("stale");
    if (!note) return;
    note.hidden = !why;
    note.textContent = why ? "Not up to date since " + upToDate.toISOString().slice(11, 19) + " UTC: " + why : "";
  }

  /** Takes over what is new; what is typed elsewhere on the page stays. */
  function takeOver(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html");
    if (!fresh.body.dataset.refresh) {
      document.getElementById("main").replaceWith(fresh.getElementById("main"));
      return false;
    }
    parts(fresh).forEach(function (part) {
      var old = document.getElementById(part.id);
      if (old) become(old, part);
    });
    return true;
  }

  function look() {
    if (document.hidden) return void setTimeout(look, EVERY_MS);
    fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual", signal: AbortSignal.timeout(20000) })
      .then(function (response) {
        if (response.type === "opaqueredirect" || response.status === 401)
          throw new Error("you are signed out: load the page again.");
        if (!response.ok) throw new Error("the console says " + response.status + "; it is asked again.");
        return response.text();
      })
      .then(function (text) {
        failures = 0;
        upToDate = new Date();
        stale();
        return takeOver(text);
      })
      .catch(function (error) {
        failures += 1;
        // One miss is a restart.
        if (failures > 1) stale(error.name === "Error" ? error.message : "the console doesn't answer; it is asked again.");
        return true;
      })
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
    // A download leaves the page where it is.
    if ("download" in form.dataset) return;
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
