/** One line of a panel; points by ascending x. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Holds its value until the next point. @default false */
  readonly steps?: boolean;
  /** What lies below it is filled. @default false */
  readonly filled?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Chart {
  /** For those who can't see it. */
  readonly title: string;
  readonly x: { readonly label: string; readonly from: number; readonly until: number };
  readonly panels: readonly Panel[];
}

const WIDTH = 960;
const LEFT = 76;
const RIGHT = 20;
const PANEL = 150;
const GAP = 46;
const LEGEND = 26;
const FOOT = 44;
/** Told apart by the colour-blind, too (Okabe and Ito), and on light and dark pages alike; by their dashes without colours. */
const STROKES = [
  { colour: "#d55e00", dash: "" },
  { colour: "#0b84d8", dash: "" },
  { colour: "#c86fa6", dash: "7 3" },
  { colour: "#009e73", dash: "2 3" },
  { colour: "#b58900", dash: "9 3 2 3" },
] as const;
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.t{font-weight:600}.g{stroke:#8b949e;stroke-opacity:.35}.a{stroke:#8b949e}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}}`;

/** Panels one below the other over the same axis, as SVG on a transparent ground. A name has one colour in all of them. */
export function drawChart({ title, x, panels }: Chart): string {
  const names = [
    ...new Set(panels.flatMap(({ lines }) => lines.filter(({ filled }) => !filled).map(({ name }) => name))),
  ];
  const strokeOf = (name: string) => STROKES[names.indexOf(name) % STROKES.length] ?? STROKES[0];
  const height = LEGEND + panels.length * (PANEL + GAP) + FOOT - GAP + 28;
  const xAt = (value: number) => LEFT + ((value - x.from) / (x.until - x.from)) * (WIDTH - LEFT - RIGHT);
  const parts = panels.map((panel, i) => {
    const top = LEGEND + 28 + i * (PANEL + GAP);
    const most = Math.max(1, ...panel.lines.flatMap(({ points }) => points.map(([, y]) => y)));
    const ticks = ticksTo(most);
    const reach = Math.max(most, ticks.at(-1) ?? most);
    const yAt = (value: number) => top + PANEL - (value / reach) * PANEL;
    const grid = ticks.map(
      (tick) =>
        `<line class="g" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(yAt(tick))}" y2="${fix(yAt(tick))}"/><text x="${LEFT - 8}" y="${fix(yAt(tick) + 4)}" text-anchor="end">${label(tick)}</text>`,
    );
    const lines = panel.lines.map((line) => drawn(line, { xAt, yAt, ...strokeOf(line.name) }));
    return `<text class="t" x="${LEFT}" y="${top - 9}">${escaped(panel.title)}</text>${grid.join("")}${lines.join("")}`;
  });
  const bottom = LEGEND + 28 + panels.length * (PANEL + GAP) - GAP;
  const axis = ticksTo(x.until)
    .filter((tick) => tick <= x.until)
    .map((tick) => {
      const at = fix(xAt(tick));
      return `<line class="a" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/><text x="${at}" y="${bottom + 20}" text-anchor="middle">${label(tick)}</text>`;
    });
  let across = LEFT;
  const legend = names.map((name) => {
    const { colour, dash } = strokeOf(name);
    const at = across;
    across += 56 + name.length * 7;
    return `<line x1="${fix(at)}" x2="${fix(at + 24)}" y1="14" y2="14" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/><text x="${fix(at + 30)}" y="18">${escaped(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
${legend.join("\n")}
${parts.join("\n")}
${axis.join("")}<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + 40}" text-anchor="middle">${escaped(x.label)}</text>
</svg>
`;
}

interface Place {
  readonly xAt: (value: number) => number;
  readonly yAt: (value: number) => number;
  readonly colour: string;
  readonly dash: string;
}

function drawn({ points, steps, filled }: Line, { xAt, yAt, colour, dash }: Place): string {
  const moves: string[] = [];
  let before = "";
  for (const [x, y] of points) {
    const [at, height] = [fix(xAt(x)), fix(yAt(y))];
    if (moves.length === 0) moves.push(`M${at} ${height}`);
    else if (steps) moves.push(`H${at}`, ...(height === before ? [] : [`V${height}`]));
    else moves.push(`L${at} ${height}`);
    before = height;
  }
  if (!filled)
    return `<path d="${moves.join("")}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round" stroke-dasharray="${dash}"/>`;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  return `<path d="${moves.join("")}V${fix(yAt(0))}H${fix(xAt(first[0]))}Z" fill="#8b949e" fill-opacity=".55"/>`;
}

/** Round numbers from 0 up to about `most`, four or so of them. */
export function ticksTo(most: number): number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step);
}

function label(value: number): string {
  return Math.abs(value) >= 10_000 ? `${Math.round(value / 1000)}k` : `${Math.round(value * 100) / 100}`;
}

function fix(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
