import t from "tap";
import { isPermissive, licensesText } from "../../../scripts/build/licenses.ts";

t.test("isPermissive() wants every AND and any OR", async (t) => {
  for (const fine of ["MIT", "Apache-2.0", "(MIT OR GPL-3.0)", "(BSD-3-Clause AND MIT)", "GPL-2.0 OR ISC"])
    t.ok(isPermissive(fine), fine);
  for (const bad of [
    "GPL-3.0-only",
    "MIT AND LGPL-3.0",
    "SEE LICENSE IN LICENSE",
    "",
    "UNLICENSED",
    "CC-BY-SA-4.0",
  ])
    t.notOk(isPermissive(bad), bad);
});

t.test("licensesText() holds each package's licence and Node's", async (t) => {
  const text = licensesText(
    [
      { name: "a", version: "1.0.0", license: "MIT", licenseText: "permission is granted" },
      { name: "b", version: "2.0.0", license: "ISC", licenseText: undefined },
    ],
    { version: "26.10.0", license: "Node's own" },
  );
  for (const part of [
    "a 1.0.0 (MIT)",
    "permission is granted",
    "b 2.0.0 (ISC)",
    "Node.js 26.10.0",
    "Node's own",
  ])
    t.match(text, part);
});
