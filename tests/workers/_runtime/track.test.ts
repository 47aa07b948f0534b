import fc from "fast-check";
import t from "tap";
import { decodeDoneMap } from "../../../workers/_runtime/done-map.ts";
import { keyQueue } from "../../../workers/_runtime/order.ts";
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

t.test("Track.commit() needs no run in the map for transaction markers between undone records", async (t) => {
  const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
  for (const offset of [0, 2, 4, 6]) read(track, offset);
  track.next = 8;
  const { offset, metadata } = track.commit();
  t.equal(offset, 0);
  t.same(decodeDoneMap(0, metadata), [{ from: 7, to: 8 }]);
});

t.test(
  "Track.hasRoomFor() lets only the lowest record start once the map could outgrow the limit",
  async (t) => {
    const track = new Track("a", 0, { base: 0, metadata: "", end: 0 });
    const runs = Array.from({ length: 6_000 }, (_, i) => read(track, i)).filter((run) => run !== undefined);
    for (const run of runs) if (run.offset % 2 === 1) finish(track, run);
    const { metadata } = track.commit();
    t.ok(metadata.length > 4_000, `${metadata.length} characters`);
    const [lowest, higher] = runs.filter(({ state }) => state !== "done");
    if (!lowest || !higher) return t.fail("there are undone runs");
    t.equal(track.hasRoomFor(lowest), true);
    t.equal(track.hasRoomFor(higher), false);
    t.ok(track.blockers().length > 0, "it names what to move away");
  },
);

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
