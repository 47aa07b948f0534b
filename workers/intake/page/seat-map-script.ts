/**
 * The seat map in the browser. Plain JavaScript as text, so that a page is whole in itself and the executable
 * needs no file beside it; no template literals, no types, nothing a browser of 2022 lacks but what it needs.
 */
export const seatMapScript = `
"use strict";
(function () {
  var FREE = 0, HELD = 1, SOLD = 2, NAMES = ["free", "held", "sold"];
  var POLL_MS = 1000, LONGEST_WAIT_MS = 15000;
  var hall = JSON.parse(document.getElementById("data").textContent);
  var rows = hall.rows.map(function (row) {
    return { name: row.name, price: row.price, states: new Uint8Array(row.seats), free: row.seats };
  });
  var rowByName = new Map(rows.map(function (row, index) { return [row.name, index]; }));
  var widest = Math.max.apply(null, rows.map(function (row) { return row.states.length; }));
  var total = rows.reduce(function (sum, row) { return sum + row.states.length; }, 0);
  var counts = [total, 0, 0];
  var canvas = document.getElementById("map"), pen = canvas.getContext("2d");
  var readout = document.getElementById("readout"), status = document.getElementById("status");
  var byRow = document.getElementById("by-row"), cells = byRow.querySelectorAll("tbody tr");
  var cursor = { row: 0, seat: 0 }, shown = false, colours = {}, size = { step: 0, seat: 0 };

  var money = new Intl.NumberFormat(undefined, { style: "currency", currency: hall.currency });
  var minor = Math.pow(10, money.resolvedOptions().maximumFractionDigits);
  function price(row) { return money.format(row.price / minor); }

  document.querySelectorAll("time").forEach(function (time) {
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
  });
  cells.forEach(function (line, index) { line.children[1].textContent = price(rows[index]); });

  function setState(name, state) {
    var dash = name.lastIndexOf("-");
    var index = rowByName.get(name.slice(0, dash)), row = rows[index], seat = Number(name.slice(dash + 1)) - 1;
    if (row === undefined || !(seat in row.states) || row.states[seat] === state) return;
    counts[row.states[seat]] -= 1;
    counts[state] += 1;
    row.free += (state === FREE ? 1 : 0) - (row.states[seat] === FREE ? 1 : 0);
    row.states[seat] = state;
    drawSeat(index, seat);
  }

  function applyView(view) {
    if (view.full) {
      rows.forEach(function (row) {
        row.states.forEach(function (state, seat) {
          var name = row.name + "-" + (seat + 1);
          if (state !== FREE && !(name in view.seats)) setState(name, FREE);
        });
      });
    }
    Object.keys(view.seats).forEach(function (name) { setState(name, NAMES.indexOf(view.seats[name])); });
    showCounts();
  }

  function showCounts() {
    NAMES.forEach(function (name, state) {
      var share = state === FREE ? "" : " (" + ((counts[state] / total) * 100).toFixed(1) + " %)";
      document.getElementById("count-" + name).textContent = counts[state].toLocaleString() + share;
    });
    if (byRow.open) cells.forEach(function (line, index) { line.children[3].textContent = rows[index].free; });
    if (shown) showCursor();
  }

  function place(row, seat) {
    var left = (canvas.clientWidth - rows[row].states.length * size.step) / 2;
    return { x: left + seat * size.step, y: row * size.step };
  }

  function drawSeat(row, seat) {
    var at = place(row, seat), state = rows[row].states[seat], s = size.seat;
    pen.clearRect(at.x - 0.5, at.y, size.step, size.step);
    pen.fillStyle = pen.strokeStyle = colours[NAMES[state]];
    pen.lineWidth = Math.max(0.75, s / 8);
    var inset = pen.lineWidth / 2;
    if (state === SOLD) pen.fillRect(at.x, at.y, s, s);
    else {
      pen.strokeRect(at.x + inset, at.y + inset, s - 2 * inset, s - 2 * inset);
      if (state === HELD) pen.fillRect(at.x, at.y + s / 2, s, s / 2);
    }
    if (shown && cursor.row === row && cursor.seat === seat) {
      pen.strokeStyle = colours.focus;
      pen.lineWidth = Math.max(1.5, s / 4);
      pen.strokeRect(at.x + pen.lineWidth / 2, at.y + pen.lineWidth / 2, s - pen.lineWidth, s - pen.lineWidth);
    }
  }

  function drawAll() {
    var style = getComputedStyle(document.documentElement);
    ["free", "held", "sold", "focus"].forEach(function (name) {
      colours[name] = style.getPropertyValue("--" + name).trim();
    });
    size.step = Math.min(24, canvas.clientWidth / widest);
    size.seat = size.step * 0.8;
    var height = Math.ceil(rows.length * size.step), ratio = window.devicePixelRatio || 1;
    canvas.style.height = height + "px";
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    rows.forEach(function (row, index) {
      for (var seat = 0; seat < row.states.length; seat += 1) drawSeat(index, seat);
    });
  }

  function showCursor() {
    var row = rows[cursor.row];
    var text = "Row " + row.name + ", seat " + (cursor.seat + 1) + ": " + NAMES[row.states[cursor.seat]] + ", " + price(row);
    if (readout.textContent !== text) readout.textContent = text;
  }

  function moveTo(row, seat) {
    var before = cursor;
    row = Math.min(rows.length - 1, Math.max(0, row));
    cursor = { row: row, seat: Math.min(rows[row].states.length - 1, Math.max(0, seat)) };
    shown = true;
    drawSeat(before.row, before.seat);
    drawSeat(cursor.row, cursor.seat);
    showCursor();
  }

  /** The seat straight behind or before: rows are centred, so the middle is what they share. */
  function across(by) {
    var row = Math.min(rows.length - 1, Math.max(0, cursor.row + by));
    var shift = (rows[row].states.length - rows[cursor.row].states.length) / 2;
    moveTo(row, Math.round(cursor.seat + shift));
  }

  function nextFree() {
    var row = cursor.row, from = cursor.seat + 1;
    for (var tried = 0; tried <= rows.length; tried += 1) {
      var seat = rows[row].states.indexOf(FREE, from);
      if (seat !== -1) return moveTo(row, seat);
      row = (row + 1) % rows.length;
      from = 0;
    }
    readout.textContent = "No seat is free.";
  }

  var moves = {
    ArrowLeft: function () { moveTo(cursor.row, cursor.seat - 1); },
    ArrowRight: function () { moveTo(cursor.row, cursor.seat + 1); },
    ArrowUp: function () { across(-1); },
    ArrowDown: function () { across(1); },
    PageUp: function () { across(-10); },
    PageDown: function () { across(10); },
    Home: function () { moveTo(cursor.row, 0); },
    End: function () { moveTo(cursor.row, rows[cursor.row].states.length - 1); },
    f: nextFree
  };
  canvas.addEventListener("keydown", function (event) {
    var move = moves[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  function onPointer(event) {
    var box = canvas.getBoundingClientRect();
    var row = Math.floor((event.clientY - box.top) / size.step);
    if (!rows[row]) return;
    var seat = Math.floor((event.clientX - box.left - place(row, 0).x) / size.step);
    if (seat in rows[row].states) moveTo(row, seat);
  }
  canvas.addEventListener("pointermove", onPointer);
  canvas.addEventListener("pointerdown", onPointer);
  byRow.addEventListener("toggle", showCounts);
  new ResizeObserver(drawAll).observe(canvas.parentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

  var version, failures = 0;
  function poll() {
    if (document.hidden) return void setTimeout(poll, POLL_MS);
    var url = location.pathname + "/seats" + (version === undefined ? "" : "?since=" + encodeURIComponent(version));
    fetch(url, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(5000) })
      .then(function (response) {
        if (!response.ok) throw new Error("the answer was " + response.status);
        return response.json();
      })
      .then(function (view) {
        applyView(view);
        version = view.version;
        failures = 0;
        status.textContent = "Live";
      })
      .catch(function () {
        failures += 1;
        status.textContent = "Out of touch, trying again";
      })
      .then(function () { setTimeout(poll, Math.min(LONGEST_WAIT_MS, POLL_MS * Math.pow(2, failures))); });
  }
  drawAll();
  poll();
})();
`;
