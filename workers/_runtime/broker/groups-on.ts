import kafkajs, { type Admin } from "kafkajs";

const { MemberMetadata } = kafkajs.AssignerProtocol;
/** Groups described in one request. */
const AT_ONCE = 50;

/** Consumer groups that read `topic` now, by their members' subscriptions, or did, by their offsets. */
export async function groupsOn(admin: Admin, topic: string): Promise<string[]> {
  const { groups } = await admin.listGroups();
  // A group that was only ever committed to by hand has no protocol type.
  const ids = groups
    .filter(({ protocolType }) => protocolType === "consumer" || protocolType === "")
    .map(({ groupId }) => groupId);
  const found = new Set<string>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const described = await admin.describeGroups(some);
    for (const { groupId, members } of described.groups)
      if (members.some(({ memberMetadata }) => subscribes(memberMetadata, topic))) found.add(groupId);
    await Promise.all(
      some
        .filter((groupId) => !found.has(groupId))
        .map(async (groupId) => {
          const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
          if (committed.some(({ partitions }) => partitions.some(({ offset }) => Number(offset) >= 0)))
            found.add(groupId);
        }),
    );
  }
  return [...found].sort();
}

/** What another client wrote for its members may be anything. */
function subscribes(metadata: Buffer, topic: string): boolean {
  try {
    return MemberMetadata.decode(metadata)?.topics.includes(topic) ?? false;
  } catch {
    return false;
  }
}
