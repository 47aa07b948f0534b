/**
 * `9050, "EUR"` as `€90.50`; how many minor units a major one has is the currency's (none for JPY). A code that
 * is no ISO 4217 code is shown as it stands beside the minor units, rather than losing the notice over it.
 */
export function formatAmount(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
    return format.format(amount / 10 ** digits);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${amount} ${currency} (minor units)`;
  }
}
