import t from "tap";
import { drawChart, ticksTo } from "./chart.ts";

t.test("ticksTo() has a handful of round numbers that reach the largest", async (t) => {
  t.same(ticksTo(12), [0, 5, 10, 15]);
  t.same(ticksTo(1), [0, 0.5, 1].slice(0, 3));
  t.same(ticksTo(40_000), [0, 10_000, 20_000, 30_000, 40_000]);
});

t.test("drawChart() gives a name one colour in all panels, and names all in a legend", async (t) => {
  const line = (name: string, y: number) => ({
    name,
    points: [
      [0, 0],
      [10, y],
    ] as const,
  });
  const svg = drawChart({
    title: 'a < b & "c"',
    x: { label: "seconds", from: 0, until: 10 },
    panels: [
      { title: "first", lines: [line("a", 5), line("b", 3)] },
      { title: "second", lines: [line("b", 7)] },
    ],
  });
  t.match(svg, /aria-label="a &lt; b &amp; &quot;c&quot;"/);
  for (const text of [">a<", ">b<", ">first<", ">second<", ">seconds<"]) t.ok(svg.includes(text), text);
  const strokes = [...svg.matchAll(/<path [^>]*stroke="(#\w+)"/g)].map(([, colour]) => colour);
  t.equal(strokes.length, 3);
  t.equal(strokes[1], strokes[2]);
  t.not(strokes[0], strokes[1]);
  t.match(svg, /prefers-color-scheme:dark/);
});

t.test("drawChart() holds a step's value until the next point", async (t) => {
  const points = [
    [0, 1],
    [5, 4],
    [10, 4],
  ] as const;
  const svg = drawChart({
    ...{ title: "steps", x: { label: "s", from: 0, until: 10 } },
    panels: [{ title: "pods", lines: [{ name: "pods", points, steps: true }] }],
  });
  t.match(svg, / d="M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+"/);
});
