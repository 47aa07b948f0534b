import { execFileSync } from "node:child_process";
import type { Flow } from "./flows.ts";
import type { Pod } from "./pods.ts";

/**
 * A network namespace a pod, joined by routes through this process' own, whose filter lets through what NetworkPolicies
 * do and refuses the rest at once. Wants to be root in a network and mount namespace of its own.
 */
export function makeNetwork(pods: readonly Pod[], flows: readonly Flow[]): void {
  const script = [
    "set -e",
    // Names of this process' own: they go with it.
    "mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns",
    "ip link set lo up && echo 1 > /proc/sys/net/ipv4/ip_forward",
    ...pods.flatMap(({ name, ip }, i) => [
      `ip netns add ${name}`,
      `ip link add v${i} type veth peer name eth0 netns ${name}`,
      `ip addr add 169.254.1.1/32 dev v${i} && ip link set v${i} up && ip route add ${ip}/32 dev v${i}`,
      `ip -n ${name} link set lo up && ip -n ${name} addr add ${ip}/32 dev eth0 && ip -n ${name} link set eth0 up`,
      `ip -n ${name} route add 169.254.1.1 dev eth0 && ip -n ${name} route add default via 169.254.1.1 dev eth0`,
    ]),
  ];
  execFileSync("sh", ["-c", script.join("\n")], { stdio: ["ignore", "inherit", "inherit"] });
  execFileSync("nft", ["-f", "-"], { input: rules(flows), stdio: ["pipe", "inherit", "inherit"] });
}

function rules(flows: readonly Flow[]): string {
  const allowed = flows.map(
    ({ from, to, port }) => `    ip saddr ${from.ip} ip daddr ${to.ip} tcp dport ${port} accept\n`,
  );
  return `table inet policies {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
${allowed.join("")}    meta l4proto tcp reject with tcp reset
  }
}
`;
}
