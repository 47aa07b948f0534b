import t from "tap";
import { scanProgress } from "../../../scripts/desk/scan-progress.ts";

/** A stream that keeps what is written to it. */
function kept(isTTY: boolean) {
  const written: string[] = [];
  const stream = Object.assign(Object.create(process.stderr), {
    isTTY,
    columns: 100,
    write: (text: string) => written.push(text) > 0,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  });
  return { stream, written };
}

t.test(
  "scanProgress() says nothing of what is quick, plain lines now and then without a terminal",
  async (t) => {
    const { stream, written } = kept(false);
    let now = 0;
    const { progress, end } = scanProgress(stream, () => now);
    progress("reading", 1, 100);
    t.same(written, []);
    now = 400;
    progress("reading", 20, 100);
    now = 900;
    progress("reading", 30, 100);
    now = 5500;
    progress("reading", 60.4, 100);
    progress("checking", 1, undefined);
    end();
    t.same(written, ["reading: 20 of 100\n", "reading: 60 of 100\n", "checking: 1\n"]);
  },
);

t.test("scanProgress() is a bar on a terminal, cleared at its end", async (t) => {
  const { stream, written } = kept(true);
  let now = 0;
  const { progress, end } = scanProgress(stream, () => now);
  progress("reading", 1, 100);
  t.same(written, []);
  now = 400;
  progress("reading", 50, 100);
  end();
  t.match(written.join(""), /reading \[[█░]+\] 50\/100/);
});
