import { createHash } from "node:crypto";
import { Script } from "node:vm";
import t from "tap";
import { readConcertFile } from "../../../../scripts/concerts/concert-file.ts";
import { gala, openShop } from "../open-shop.ts";

const BROWSER = { headers: { accept: "text/html" } };

/** What stands between the tags of the one such element. */
function inside(page: string, opening: string, closing: string): string {
  const from = page.indexOf(opening) + opening.length;
  return page.slice(from, page.indexOf(closing, from));
}

t.test("GET /concerts/{id} is a page whole in itself", async (t) => {
  const shop = await openShop(t);
  const { text, headers } = await shop.ask("GET", "/concerts/gala", BROWSER);
  t.notMatch(text, /\b(src|href)\s*=\s*"(?!\/|data:,")/, "nothing from elsewhere");
  t.notMatch(text, /https?:|@import|url\(/);
  const policy = headers.get("content-security-policy") ?? "";
  t.match(policy, "default-src 'none'");
  for (const [kind, text_] of [
    ["script-src", inside(text, "<script>", "</script>")],
    ["style-src", inside(text, "<style>", "</style>")],
  ] as const)
    t.match(policy, `${kind} 'sha256-${createHash("sha256").update(text_).digest("base64")}'`);
  t.match(text, '<html lang="en">');
  t.match(text, "prefers-color-scheme: dark");
});

t.test("GET /concerts/{id} escapes what the catalogue says", async (t) => {
  const rows = [{ name: "</script><b>", seats: 1, price: 1 }];
  const shop = await openShop(t, { concerts: [{ ...gala, hall: '"><img>', rows }] });
  const { text } = await shop.ask("GET", "/concerts/gala", BROWSER);
  t.notMatch(text, /<img>|<\/script><b>|<night>/);
  t.match(text, "Gala &lt;night&gt;");
  t.same(JSON.parse(inside(text, '<script type="application/json" id="data">', "</script>")), {
    currency: "EUR",
    rows,
  });
});

t.test("GET /concerts/{id} carries a hall of 15,000 seats and a script that parses", async (t) => {
  const concerts = readConcertFile("scripts/concerts/grand-hall.json");
  const shop = await openShop(t, { concerts });
  const { text } = await shop.ask("GET", "/concerts/grand-hall-gala", BROWSER);
  const data = JSON.parse(inside(text, '<script type="application/json" id="data">', "</script>"));
  const seats = data.rows.reduce((sum: number, row: { seats: number }) => sum + row.seats, 0);
  t.equal(seats, 15_000);
  t.match(text, "15000 seats");
  t.doesNotThrow(() => new Script(inside(text, "<script>", "</script>")));
});

t.test("GET / lists the concerts with links to their pages", async (t) => {
  const shop = await openShop(t);
  const { text } = await shop.ask("GET", "/");
  t.match(text, '<a href="/concerts/gala">Gala &lt;night&gt;</a>');
  t.match(text, "600 seats");
  const empty = await openShop(t, { concerts: [] });
  t.match((await empty.ask("GET", "/")).text, "boxoffice concerts apply FILE");
});
