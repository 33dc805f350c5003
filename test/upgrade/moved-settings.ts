import type { ServiceName } from '@switchboard/local-stack';
import { hasAdmin, type Release } from './release.ts';

/** A variable that one service of the former release reads, and another one of this release. */
interface MovedSetting {
  readonly name: string;
  readonly from: ServiceName;
  readonly to: ServiceName;
}

/** What docs/upgrading.md tells operators to move. All other variables are set alike for both releases. */
const movedSettings: readonly MovedSetting[] = [
  { name: 'ADMIN_PORT', from: 'delivery', to: 'admin' },
  { name: 'ADMIN_TOKENS_FILE', from: 'delivery', to: 'admin' },
];

type Variables = Readonly<Record<string, string>>;

/** Variables of a service of the release, out of those that this release's services have. */
export function variablesFor(release: Release) {
  const moved = release.name === 'former' && !hasAdmin(release) ? movedSettings : [];
  return (service: ServiceName, all: Readonly<Record<ServiceName, Variables>>): Variables => ({
    ...all[service],
    ...Object.fromEntries(moved.filter(({ from }) => from === service).map(({ name, to }) => [name, all[to][name] ?? ''])),
  });
}
