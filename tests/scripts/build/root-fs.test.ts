import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeRootFs, parseLdd } from "../../../scripts/build/root-fs.ts";
import { scratchFolder } from "../../_support/executable.ts";

t.test("parseLdd() takes libraries and the loader, not what the kernel brings", async (t) => {
  const text = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f2)
`;
  t.same(parseLdd(text), ["/lib/x86_64-linux-gnu/libdl.so.2", "/lib64/ld-linux-x86-64.so.2"]);
  t.throws(() => parseLdd("\tlibatomic.so.1 => not found\n"), { message: /libatomic\.so\.1/ });
});

t.test(
  "makeRootFs() writes into an empty folder only",
  { skip: process.platform !== "linux" && "Linux only" },
  async (t) => {
    const folder = join(scratchFolder(t), "root");
    mkdirSync(folder);
    writeFileSync(join(folder, "mine"), "");
    t.throws(() => makeRootFs(process.execPath, folder), { message: /isn't empty/ });
  },
);
