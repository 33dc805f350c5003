import { extensionsText } from '@switchboard/source-kit';
import type { Members } from '../members.ts';

/** JSON text of what no field holds. The activity was freed of secrets before it was read. */
export function extensionsOf(activity: Members): string {
  return extensionsText(activity.rest());
}
