import { at, listAt, textAt, textsAt } from "./fields.ts";

/** Whether a label selector takes pods with these labels; an empty one takes all. */
export function selectsLabels(selector: unknown, labels: ReadonlyMap<string, string>): boolean {
  return (
    [...textsAt(selector, "matchLabels")].every(([key, value]) => labels.get(key) === value) &&
    listAt(selector, "matchExpressions").every((each) => holds(each, labels))
  );
}

function holds(expression: unknown, labels: ReadonlyMap<string, string>): boolean {
  const is = labels.get(textAt(expression, "key") ?? "");
  const values = listAt(expression, "values");
  switch (at(expression, "operator")) {
    case "In":
      return is !== undefined && values.includes(is);
    case "NotIn":
      return is === undefined || !values.includes(is);
    case "Exists":
      return is !== undefined;
    case "DoesNotExist":
      return is === undefined;
    default:
      return true;
  }
}
