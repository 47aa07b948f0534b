import kafkajs from "kafkajs";
import type Cluster from "kafkajs/src/cluster/index.js";
import { assign, type Candidate, type Family } from "./assign.ts";

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** Part of the group's protocol: members with another name can't share a group with ours. */
const NAME = "boxoffice-co-partitioned-sticky";
const VERSION = 1;

interface Said {
  readonly owned: readonly string[];
  readonly families: readonly Family[];
}

/**
 * kafkajs' side of `assign()`. Each member says in its metadata what it owns and which families it knows; the
 * leader, which kafkajs tells of its own topics only, learns the union from there.
 */
export function assigner(cluster: Cluster, say: () => Said): kafkajs.PartitionAssigner {
  return () => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(say())),
      }),
    }),
    async assign({ members }) {
      const candidates = members.map(({ memberId, memberMetadata }) => read(memberId, memberMetadata));
      const topics = new Set(candidates.flatMap(({ families }) => families.flat()));
      await cluster.addMultipleTargetTopics([...topics]).catch(() => {
        // One of them was deleted meanwhile: it counts as having no partitions.
      });
      const shares = assign(candidates, (topic) => cluster.findTopicPartitionMetadata(topic).length);
      return [...shares].map(([memberId, share]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: Object.fromEntries(share.map(({ topic, partitions }) => [topic, partitions])),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function read(memberId: string, metadata: Buffer): Candidate {
  const decoded = MemberMetadata.decode(metadata);
  const { owned, families } = parse(decoded?.userData);
  return { memberId, topics: new Set(decoded?.topics), owned, families };
}

/** Another member's words: anything unreadable counts as nothing, so that it can't stop the leader. */
function parse(userData: Buffer | undefined): Said {
  try {
    const said: unknown = JSON.parse(userData?.toString() ?? "");
    if (typeof said !== "object" || said === null) return { owned: [], families: [] };
    const owned = "owned" in said && isTexts(said.owned) ? said.owned : [];
    const families = "families" in said && Array.isArray(said.families) ? said.families.filter(isTexts) : [];
    return { owned, families };
  } catch {
    return { owned: [], families: [] };
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
