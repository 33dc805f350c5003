/**
 * The canonical spelling of an enum value that senders write in several cases: the known name that equals it without
 * regard to case, else the value with a lower-case first letter, for the platform's enums are open.
 */
export function canonical(value: string, known: readonly string[]): string {
  const folded = value.toLowerCase();
  return known.find((name) => name.toLowerCase() === folded) ?? value.charAt(0).toLowerCase() + value.slice(1);
}

export const modalities = ['unknown', 'audio', 'video', 'videoBasedScreenSharing', 'data'] as const;
export const directions = ['incoming', 'outgoing'] as const;
