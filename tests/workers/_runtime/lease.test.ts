import t from "tap";
import { Lease } from "../../../workers/_runtime/lease.ts";
import { tick } from "../../_support/owned.ts";

t.test("Lease counts from when a heartbeat was sent, not from its answer", async (t) => {
  const lease = new Lease(5_000);
  t.equal(lease.holds, false);
  lease.renewed(performance.now() - 6_000);
  t.equal(lease.holds, false, "the answer lay in the socket while the process was stopped");
  lease.renewed(performance.now());
  t.equal(lease.holds, true);
  lease.renewed(performance.now() - 6_000);
  t.equal(lease.holds, true, "an older one takes nothing away");
});

t.test("Lease.proved() waits for a heartbeat that was sent after it was asked", async (t) => {
  const lease = new Lease(5_000);
  const before = performance.now();
  await tick(5);
  let proved = false;
  const proof = lease.proved(new AbortController().signal).then(() => {
    proved = true;
  });
  lease.renewed(before);
  await tick();
  t.equal(proved, false);
  lease.renewed(performance.now());
  await proof;
});

t.test("Lease.proved() ends with its signal and leaves no listener behind", async (t) => {
  const lease = new Lease(5_000);
  const closing = new AbortController();
  let listeners = 0;
  const { addEventListener: add, removeEventListener: remove } = closing.signal;
  closing.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add.apply(closing.signal, args);
  };
  closing.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove.apply(closing.signal, args);
  };
  for (let i = 0; i < 20; i++) {
    const proof = lease.proved(closing.signal);
    lease.renewed(performance.now());
    await proof;
  }
  t.equal(listeners, 0);
  const proof = lease.proved(closing.signal);
  closing.abort();
  await proof;
  await lease.proved(closing.signal);
});
