import t from "tap";
import { createSilence } from "../../../workers/payment/silence.ts";

t.test(
  "createSilence() calls the gateway unavailable from the limit-th silent call in a row on",
  async (t) => {
    const silence = createSilence(3);
    const names = () => Array.from({ length: 4 }, () => silence.grows("no answer", undefined).name);
    t.same(names(), ["Error", "Error", "Unavailable", "Unavailable"]);
    silence.broken();
    t.same(names(), ["Error", "Error", "Unavailable", "Unavailable"], "any answer starts it anew");
  },
);

t.test("createSilence() never gets there while answers come in between", async (t) => {
  const silence = createSilence(2);
  for (let n = 0; n < 10; n++) {
    t.equal(silence.grows("no answer", undefined).name, "Error");
    silence.broken();
  }
});

t.test("grows() keeps the cause", async (t) => {
  const cause = new Error("cause");
  t.equal(createSilence(5).grows("m", cause).cause, cause);
  t.match(createSilence(1).grows("m", cause), { cause, dependency: "gateway" });
});
