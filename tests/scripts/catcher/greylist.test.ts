import t from "tap";
import { createGreylist } from "../../../scripts/catcher/greylist.ts";

t.test("defers() turns away the first try of a share of addresses, and only that", async (t) => {
  const greylist = createGreylist();
  const addresses = Array.from({ length: 2_000 }, (_, index) => `fan-${index}@fans.example`);
  const deferred = addresses.filter((address) => greylist.defers(address, 0.1));
  t.ok(deferred.length > 150 && deferred.length < 250, `${deferred.length} of 2,000`);
  t.notOk(
    addresses.some((address) => greylist.defers(address, 0.1)),
    "every second try is taken",
  );
  const another = createGreylist();
  t.same(
    addresses.filter((address) => another.defers(address, 0.1)),
    deferred,
    "always the same ones",
  );
});

t.test("defers() nobody at share 0 and everybody once at share 1", async (t) => {
  const greylist = createGreylist();
  t.notOk(greylist.defers("a@x", 0));
  t.ok(greylist.defers("a@x", 1));
  t.notOk(greylist.defers("a@x", 1));
});
