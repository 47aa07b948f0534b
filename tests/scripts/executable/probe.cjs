// Put in the place of the executable's program: the entry that gives permissions up is the real one, and this then tries
// what it must not. Prints one line of JSON: deed -> "allowed", or the error's code.
exports.main = async ([...args]) => {
  const [file, folder] = [process.env.PROBE_TARGET, process.env.PROBE_FOLDER];
  const load = (name) => process.getBuiltinModule(name);
  const deeds = {
    read: () => load("node:fs").readFileSync(file),
    list: () => load("node:fs").readdirSync(folder),
    write: () => load("node:fs").writeFileSync(`${folder}/written`, "x"),
    remove: () => load("node:fs").unlinkSync(file),
    link: () => load("node:fs").symlinkSync(file, `${folder}/link`),
    child: () => {
      const { error } = load("node:child_process").spawnSync("true");
      if (error) throw error;
    },
    exec: () => process.execve("/bin/true", ["true"], {}),
    worker: () => new (load("node:worker_threads").Worker)("0", { eval: true }).terminate(),
    inspector: () => load("node:inspector").open(0),
    addon: () => process.dlopen({ exports: {} }, `${folder}/none.node`),
    wasi: () => new (load("node:wasi").WASI)({ version: "preview1" }),
    flags: () => load("node:v8").setFlagsFromString("--prof"),
    snapshot: () => load("node:v8").writeHeapSnapshot(`${folder}/heap`),
    report: () => process.report.writeReport(`${folder}/report`),
    sqlite: () => new (load("node:sqlite").DatabaseSync)(`${folder}/db`),
    trace: () => {
      // Where it is allowed, its file comes to lie in the working folder.
      process.chdir(folder);
      load("node:trace_events")
        .createTracing({ categories: ["node"] })
        .enable();
    },
    binding: () => process.binding("fs"),
    ffi: () => load("node:ffi").dlopen("libc.so.6", {}),
    engine: () => load("node:crypto").setEngine(`${folder}/engine.so`),
    hooks: () => load("node:module").register("data:text/javascript,"),
    heapLimit: () => load("node:v8").setHeapSnapshotNearHeapLimit(1),
    // Where it is allowed at all, the file isn't JavaScript.
    code: () => load("node:module").createRequire(file)(file),
    debugger: () => debuggerOpened(load),
    socket: () =>
      new Promise((resolve, reject) => {
        const socket = load("node:net").connect(Number(process.env.PROBE_PORT), "127.0.0.1");
        socket.once("connect", () => resolve(socket.destroy()));
        socket.once("error", reject);
      }),
  };
  const found = {};
  // The last ones would end or replace this process where they are allowed.
  const asked = ["debugger", "exec"].filter((name) => args.includes(`--${name}`));
  const order = Object.keys(deeds).filter((name) => !["debugger", "exec", "remove"].includes(name));
  for (const name of [...order, "remove", ...asked]) {
    try {
      await deeds[name]();
      found[name] = "allowed";
    } catch (error) {
      found[name] = error.code ?? error.message;
    }
  }
  process.stdout.write(JSON.stringify(found));
};

/** The signal by which any Node opens its inspector, whoever sends it. */
async function debuggerOpened(load) {
  process.kill(process.pid, "SIGUSR1");
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (load("node:inspector").url() === undefined) throw new Error("no inspector");
}
