import t from "tap";
import { type Backlog, FIRST_WINDOW, nextWindow, type Window } from "../../../workers/_letters/pacing.ts";

const quiet: Backlog = { undone: 0, doneOfLate: undefined, live: 0, liveRate: 0 };

/** The window after so many steps of the same backlog. */
function after(steps: number, backlog: Backlog, from: Window = FIRST_WINDOW): Window {
  let window = from;
  for (let i = 0; i < steps; i++) window = nextWindow(window, backlog);
  return window;
}

t.test("nextWindow() gives a worker that is away the first window and no more", async (t) => {
  const away = { ...quiet, undone: 500 };
  t.equal(after(1, away).size, 500);
  const window = after(20, { ...away, doneOfLate: 0 });
  t.equal(window.size, 50);
  t.match(window.slowed, /500 copies/);
});

t.test(
  "nextWindow() follows what the worker did in the last two seconds, by half more at a step",
  async (t) => {
    const fast = { ...quiet, undone: 400, doneOfLate: 40_000 };
    t.same(
      [1, 2, 3].map((steps) => after(steps, fast).size),
      [750, 1_125, 1_688],
    );
    t.equal(after(40, fast).size, 40_000);
    t.equal(after(40, { ...fast, doneOfLate: 10_000_000 }).size, 100_000, "bounded");
    t.equal(after(40, { ...fast, doneOfLate: 600 }).size, 600);
  },
);

t.test("nextWindow() halves while live records wait longer than half a second, and comes back", async (t) => {
  const busy = { ...quiet, undone: 400, doneOfLate: 40_000, live: 3_000, liveRate: 4_000 };
  const window = after(3, busy, { size: 8_000, slowed: undefined });
  t.equal(window.size, 1_000);
  t.match(window.slowed, /3000 live records wait/);
  t.equal(after(20, busy).size, 50, "never to nothing");
  t.equal(
    after(1, { ...busy, live: 1_900 }, window).size,
    1_500,
    "1,900 of 4,000 a second wait less than that",
  );
});

t.test("nextWindow() takes a few waiting live records for what a worker has in hand", async (t) => {
  t.equal(after(1, { ...quiet, undone: 1, doneOfLate: 900, live: 150, liveRate: 1 }).size, 750);
});
