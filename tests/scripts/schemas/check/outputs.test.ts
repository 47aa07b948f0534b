import { Command } from "commander";
import t from "tap";
import { outputOptions } from "../../../../scripts/schemas/check/outputs.ts";

function outputsOf(...words: readonly string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  const outputs = outputOptions(command);
  command.parse(words, { from: "user" });
  return outputs();
}

t.test("outputOptions() gives each file to the format before it, text to stdout by default", async (t) => {
  t.same(outputsOf(), [{ format: "text", file: undefined }]);
  t.same(outputsOf("--format", "github", "--format", "sarif", "--output", "a.sarif"), [
    { format: "github", file: undefined },
    { format: "sarif", file: "a.sarif" },
  ]);
  t.same(outputsOf("--json"), [{ format: "json", file: undefined }], "as every command has it");
  t.same(outputsOf("--json", "--output", "a.json", "--format", "text"), [
    { format: "json", file: "a.json" },
    { format: "text", file: undefined },
  ]);
});

t.test("outputOptions() refuses what would be lost or mixed", async (t) => {
  t.throws(() => outputsOf("--output", "a"), /Say --format before it/);
  t.throws(() => outputsOf("--format", "json", "--output", "a", "--output", "b"), /one for each file/);
  t.throws(() => outputsOf("--format", "xml"), /Allowed choices are text, json/);
  t.throws(() => outputsOf("--json", "--format", "text"), {
    name: "UsageError",
    message: /Cannot print json and text at once/,
  });
});
