import type { DeclaredTopic } from "../../../workers/_runtime/derived-topics.ts";
import type { Worker } from "../../../workers/_runtime/mod.ts";
import { type Acl, kafkaPrincipals } from "../../k8s/acls.ts";
import type { Declarations } from "../../k8s/declarations.ts";
import { userOf } from "../../k8s/manifest.ts";
import { type Carried, messagesIn } from "./channels.ts";
import { COPY } from "./messages.ts";

/**
 * What each worker receives and sends, by what its user in Kafka may do: an operation for each topic and direction.
 * The group is named where it reads as a member of it.
 */
export function operationsOf(declarations: Declarations, carried: Carried): Record<string, object> {
  const { workers, topics } = declarations;
  const principals = kafkaPrincipals(declarations);
  const operations: [string, object][] = workers.flatMap((worker) => {
    const acls = principals.find(({ name }) => name === userOf(worker.name))?.acls ?? [];
    return topics
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((topic) => {
        const messages = messagesIn(topic, { workers, carried });
        const of = (action: "receive" | "send") => operation(worker, topic, action, messages);
        return [
          ...(may("Read", topic, acls) ? [of("receive")] : []),
          ...(may("Write", topic, acls) ? [of("send")] : []),
        ];
      });
  });
  return Object.fromEntries(operations);
}

function may(what: string, { name }: DeclaredTopic, acls: readonly Acl[]): boolean {
  return acls.some(
    (acl) =>
      acl.type === "topic" &&
      acl.operations.includes(what) &&
      (acl.pattern === "literal" ? acl.name === name : name.startsWith(acl.name)),
  );
}

function operation(
  worker: Worker,
  topic: DeclaredTopic,
  action: "receive" | "send",
  messages: readonly string[],
): [string, object] {
  const source = worker.reads.find((read) => read.topic.name === topic.source);
  const isMember =
    action === "receive" && source !== undefined && (topic.kind === "source" || topic.worker === worker.name);
  const handled = isMember ? source.records.map(({ name }) => name) : undefined;
  const told = messages.filter((name) => handled?.includes(name.replace(COPY, "")) ?? true);
  return [
    `${worker.name}.${action}.${topic.name}`,
    {
      action,
      channel: { $ref: `#/channels/${topic.name}` },
      summary: `${worker.name} ${action === "receive" ? "reads" : "writes to"} ${topic.name}`,
      tags: [{ name: worker.name }],
      messages: told.map((name) => ({ $ref: `#/channels/${topic.name}/messages/${name}` })),
      ...(isMember && {
        bindings: { kafka: { groupId: { type: "string", enum: [worker.name] }, bindingVersion: "0.5.0" } },
      }),
    },
  ];
}
