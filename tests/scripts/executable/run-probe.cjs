// Put in the place of the executable's first piece, with the real one behind it: whether a file can be read when `run`
// begins, and once its configuration is read. Prints both as one line of JSON.
const real = require("./real.js");

const reading = () => {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(process.env.GATEWAY_URL_FILE, "utf8");
  } catch (error) {
    return error.code;
  }
};

exports.main = async (args) => {
  const before = reading();
  const timer = setInterval(() => {
    const after = reading();
    if (after === before) return;
    clearInterval(timer);
    process.stdout.write(`\n${JSON.stringify({ before, after })}\n`, () => process.exit(0));
  }, 5);
  await real.main(args);
};
