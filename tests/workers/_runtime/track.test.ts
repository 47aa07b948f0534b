import fc from "fast-check";
import t from "tap";
import { decodeDoneMap } from "../../../workers/_runtime/done-map.ts";
import { fit } from "../../../workers/_runtime/grouping.ts";
import { keyQueue } from "../../../workers/_runtime/key-queues.ts";
import type { KafkaRecord } from "../../../workers/_runtime/record.ts";
import type { Run } from "../../../workers/_runtime/run-state.ts";
import { sourceRun } from "../../../workers/_runtime/runs.ts";
import { Track } from "../../../workers/_runtime/track.ts";

function recordAt(offset: number): KafkaRecord {
  return { topic: "a", partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] };
}

function read(track: Track, offset: number): Run | undefined {
  if (track.isDone(offset)) {
    track.read(offset);
    return undefined;
  }
  const run = sourceRun(track, recordAt(offset), keyQueue(undefined));
  track.add(run);
  track.read(offset);
  return run;
}

function finish(track: Track, run: Run): void {
  run.state = "done";
  track.left(run);
  track.settled();
}

/** What the next owner would run again, of `offsets`. */
function undoneAfter(track: Track, offsets: readonly number[]): number[] {
  const { offset, metadata } = track.commit();
  const next = new Track("a", 0, { base: offset, metadata, end: offset });
  return offsets.filter((each) => each >= offset && !next.isDone(each));
}

t.test("Track commits exactly what is not done, over takeovers, markers and sweeps", async (t) => {
  const script = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), done: fc.boolean() }), {
    minLength: 1,
    maxLength: 400,
  });
  fc.assert(
    fc.property(script, script, (first, second) => {
      let at = -1;
      const offsets = [...first, ...second].map(({ gap }) => (at += gap));
      const undone = new Set(offsets);
      let track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
      const runs: Run[] = [];
      for (const offset of offsets.slice(0, first.length)) {
        const run = read(track, offset);
        if (run) runs.push(run);
      }
      first.forEach(({ done }, i) => {
        const run = runs[i];
        if (!run || !done) return;
        finish(track, run);
        undone.delete(run.offset);
      });
      t.same(undoneAfter(track, offsets), [...undone], "after the first owner");

      // A second owner starts from the commit, reads only part of what is there, finishes some, and hands on.
      const { offset, metadata } = track.commit();
      track = new Track("a", 0, { base: offset, metadata, end: offset });
      second.forEach(({ done }, i) => {
        const place = offsets.filter((each) => each >= offset)[i];
        const run = place === undefined ? undefined : read(track, place);
        if (!run || !done) return;
        finish(track, run);
        undone.delete(run.offset);
      });
      t.same(undoneAfter(track, offsets), [...undone], "after the second owner");
    }),
    { numRuns: 300 },
  );
});

t.test("Track.commit() needs no place in the map for markers and what is not ours", async (t) => {
  const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  for (let offset = 0; offset < 20_000; offset += 2) {
    read(track, offset);
    track.read(offset + 1);
  }
  t.match(track.commit(), { offset: 0, metadata: "" });
  const done = read(track, 20_000);
  const last = read(track, 20_001);
  if (!done || !last) return t.fail("there are runs");
  finish(track, done);
  const { metadata } = track.commit();
  t.same(decodeDoneMap(0, metadata), [{ from: 19_999, to: 20_001 }]);
});

t.test("Track.commit() keeps what the last owner had done among what is not ours", async (t) => {
  const before = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  read(before, 0);
  const done = read(before, 5);
  if (!done) return t.fail("there is a run");
  finish(before, done);
  const { offset, metadata } = before.commit();
  const track = new Track("a", 0, { base: offset, metadata, end: offset });
  t.ok(read(track, 0));
  for (const other of [1, 2, 3, 4]) track.read(other);
  t.equal(read(track, 5), undefined);
  t.ok(read(track, 9));
  t.same(undoneAfter(track, [0, 5, 9]), [0, 9]);
});

t.test("a group is never given up for its done map: the lowest go first", async (t) => {
  const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  const runs = Array.from({ length: 8_000 }, (_, i) => read(track, i)).filter((run) => run !== undefined);
  // All that a slow key leaves undone lies between what a quick one got through in one transaction.
  const decided = runs.filter(({ offset }) => offset % 2 === 1).reverse();
  const offsetsWith = (some: readonly Run[]) => {
    for (const run of decided) run.state = "decided";
    for (const run of some) run.state = "committing";
    return [track.commit()];
  };
  const { group, rest, offsets } = fit(decided, offsetsWith);
  t.ok(group.length > 0 && rest.length > 0);
  t.equal(group.length + rest.length, decided.length);
  t.ok(offsets.every(({ metadata }) => metadata.length <= 4_096));
  t.equal(group[0]?.offset, 1);
  t.ok(group.every(({ state }) => state === "committing") && rest.every(({ state }) => state === "decided"));
  const small = fit(decided.slice(-10), offsetsWith);
  t.same([small.group.length, small.rest.length], [10, 0]);
  t.same(small.group, decided.slice(-10), "in the order in which they were decided");
});

t.test("Track.hasRoomFor() counts what is decided or runs, before any commit", async (t) => {
  const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  const runs = Array.from({ length: 6_000 }, (_, i) => read(track, i)).filter((run) => run !== undefined);
  let refusedAt: number | undefined;
  for (const run of runs) {
    if (run.offset % 2 === 0) continue;
    if (!track.hasRoomFor(run)) {
      refusedAt = run.offset;
      break;
    }
    run.state = "decided";
    track.left(run);
  }
  t.ok(refusedAt !== undefined && refusedAt > 1_500, `refused at ${refusedAt}`);
  const [lowest, higher] = runs.filter(({ state }) => state === "waiting");
  if (!lowest || !higher) return t.fail("there are undone runs");
  t.equal(track.hasRoom, false, "nor may anything be let in that is done at once");
  t.equal(track.hasRoomFor(lowest), true, "the lowest always may");
  t.equal(track.hasRoomFor(higher), false);
  for (const run of runs) if (run.state === "decided") run.state = "committing";
  t.ok(track.commit().metadata.length <= 4_096, "all of it in one commit fits");
  t.ok(track.blockers().length > 0, "it names what to move away");
});

t.test("Track counts runs of an uncommitted transaction as done only in that commit", async (t) => {
  const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  const runs = [0, 1, 2].map((offset) => read(track, offset)).filter((run) => run !== undefined);
  const [first] = runs;
  if (!first) return t.fail("there is a run");
  first.state = "committing";
  t.equal(track.commit().offset, 1);
  first.state = "decided";
  t.equal(track.commit().offset, 0, "the transaction was aborted");
});
