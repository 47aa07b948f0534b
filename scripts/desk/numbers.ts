import { UsageError } from "../../workers/_runtime/mod.ts";

/** @throws {UsageError} unless it is a whole number of at least `least` */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text.trim()) || value < least)
    throw new UsageError(`Cannot read ${option} '${text}': write a whole number from ${least} on`);
  return value;
}

/** Records a second; fractions are fine. @throws {UsageError} unless it is above zero */
export function rateOf(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text.trim()) || value <= 0)
    throw new UsageError(`Cannot read ${option} '${text}': write records a second, e.g. 500`);
  return value;
}

/** A share of 0 to 1, `0.05` or `5%`. @throws {UsageError} */
export function shareOf(option: string, text: string): number {
  const [, number, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? [];
  const value = number === undefined ? Number.NaN : Number(number) / (percent === "%" ? 100 : 1);
  if (!(value >= 0 && value <= 1))
    throw new UsageError(`Cannot read ${option} '${text}': write a share from 0 to 1, e.g. 0.05 or 5%`);
  return value;
}
