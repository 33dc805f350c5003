import type { Routing } from '@switchboard/source-kit';

/** Address of an app's calling route under a region's base URL. */
export function callingAddress(baseUrl: string, app: string, context?: string): string {
  const path = ['calling', app, ...(context === undefined ? [] : [context])].map(encodeURIComponent).join('/');
  return `${baseUrl.replace(/\/+$/, '')}/${path}`;
}

/**
 * An address for the further notifications of a new call, which brings them back to the region that took it; undefined
 * where the table of regions does not say how this one is reached. The host never comes from the request.
 */
export function mintCallbackUri(routing: Routing, app: string, notificationId: string): string | undefined {
  const { self, table } = routing.regions;
  const baseUrl = Object.hasOwn(table, self) ? table[self] : undefined;
  return baseUrl === undefined ? undefined : callingAddress(baseUrl, app, routing.mint({ region: self, notification: notificationId }));
}
