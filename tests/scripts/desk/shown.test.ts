import t from "tap";
import { age, moment, span } from "../../../scripts/desk/age.ts";
import { fitTable } from "../../../scripts/desk/fit-table.ts";
import { rateOf, shareOf, wholeNumber } from "../../../scripts/desk/numbers.ts";
import { cut, printable, wrap } from "../../../scripts/desk/printable.ts";
import { sparkline } from "../../../scripts/desk/sparkline.ts";

t.test("span() and age() use the largest unit", async (t) => {
  t.same([0, 999, 61_000, 7_200_000, 3 * 86_400_000 + 1].map(span), ["0 s", "0 s", "1 min", "2 h", "3 d"]);
  t.equal(age(5000, 1000), "0 s", "a clock behind makes no negative age");
  t.equal(moment(Date.UTC(2026, 10, 24, 3, 12, 5)), "2026-11-24 03:12:05Z");
  t.equal(moment(9e15), "9000000000000000");
});

t.test("sparkline() never hides a single letter, nor invents one", async (t) => {
  t.equal(sparkline([0, 1, 1000, 500]), "▁▂█▅");
  t.equal(sparkline([0, 0]), "▁▁");
  t.equal(sparkline([]), "");
});

t.test("printable() disarms what a payload could do to a terminal", async (t) => {
  t.equal(printable("\x1b]0;owned\x07 \x9b2J"), "\\u001b]0;owned\\u0007 \\u009b2J");
  t.equal(printable("a\u202eb\nc"), "a\\u202eb\\u000ac");
  t.equal(printable("Zürich 🎫 日本"), "Zürich 🎫 日本");
  t.equal(cut("🎫🎫🎫", 2), "🎫…");
});

t.test("wrap() breaks at blanks and cuts what is too long", async (t) => {
  t.same(wrap("a short one", 20, 3), ["a short one"]);
  t.same(wrap("the gateway refused the card", 12, 3), ["the gateway", "refused the", "card"]);
  t.same(wrap("x".repeat(9), 3, 2), ["xxx", "xx…"]);
  t.same(wrap("", 5, 2), [""]);
});

t.test("fitTable() fits 100 columns, wraps the last one, keeps a cell's lines", async (t) => {
  const table = fitTable(["a", "what"], [["x".repeat(40), `first\n${"y".repeat(300)}\x1b[2J`]]);
  const widths = table.split("\n").map((line) => [...line].length);
  t.equal(Math.max(...widths), 100);
  t.match(table, /first +│/);
  t.match(table, /y…/);
  t.notMatch(table, "\x1b");
});

t.test("numbers are read, or refused with what to write", async (t) => {
  t.equal(wholeNumber("--limit", "12", 1), 12);
  t.equal(rateOf("--rate", "0.5"), 0.5);
  t.equal(shareOf("--share", "5%"), 0.05);
  t.equal(shareOf("--share", "1"), 1);
  t.throws(() => wholeNumber("--limit", "0", 1), /--limit '0': write a whole number from 1 on/);
  t.throws(() => wholeNumber("--limit", "1e3", 1), { name: "UsageError" });
  t.throws(() => rateOf("--rate", "0"), /records a second/);
  t.throws(() => rateOf("--rate", "-5"), { name: "UsageError" });
  t.throws(() => shareOf("--share", "5"), /0\.05 or 5%/);
  t.throws(() => shareOf("--share", "500%"), { name: "UsageError" });
});
