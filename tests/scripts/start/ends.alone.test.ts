import t from "tap";
import { leaveOut } from "../../left-out.ts";
import { launch } from "./launch.ts";

t.setTimeout(1_800_000);

if (process.platform !== "linux") {
  leaveOut(t, "ends of boxoffice start", "needs /proc to look for what is left: run it on Linux");
} else {
  t.test("boxoffice start killed with -9 in mid-sale leaves no process", async (t) => {
    const { child, until, ended, left, pids } = launch(t, []);
    await until("goes on sale");
    t.ok(pids("").length > 10, "the fleet runs");
    child.kill("SIGKILL");
    await ended;
    t.same(await left(), []);
  });

  t.test("boxoffice start ended by Ctrl-C in mid-start and mid-sale leaves no process", async (t) => {
    for (const moment of ["stack up", "goes on sale"]) {
      const { child, until, ended, left, stderr } = launch(t, []);
      await until(moment);
      child.kill("SIGINT");
      t.equal(await ended, 130, stderr());
      t.same(await left(), [], moment);
    }
  });

  t.test(
    "boxoffice start says which part doesn't start, with its last lines, and leaves no process",
    async (t) => {
      const { ended, left, stderr } = launch(t, ["--once"], { RETRY_LADDER: "soon" });
      t.not(await ended, 0);
      t.match(stderr(), /RETRY_LADDER/);
      t.same(await left(), []);
    },
  );
}
