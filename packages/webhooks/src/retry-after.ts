const MAX_SECONDS = 31_536_000;

/** Milliseconds that a Retry-After header asks to wait: delay in seconds or HTTP date; null for anything else. */
export function retryAfterMs(header: string | readonly string[] | undefined, now: number): number | null {
  const text = typeof header === 'string' ? header.trim() : header?.[0]?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), MAX_SECONDS) * 1_000;
  // Date.parse takes far more than HTTP dates do; only the form with a weekday is one.
  if (!/^[A-Z][a-z]{2},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
