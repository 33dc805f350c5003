import type { Route } from '@switchboard/source-kit';

/** Both protocol forms arrive at one address: the platform decides which it sends first. */
export const callingRoutes: readonly Route[] = [
  { method: 'POST', path: '/calling/:app' },
  { method: 'POST', path: '/calling/:app/:context' },
];
