import type { CallParty } from '@switchboard/contracts';
import { isJsonObject } from '@switchboard/source-kit';
import { takeName } from '../calling/take.ts';
import type { Members } from '../members.ts';

type Path = readonly (string | number)[];

/** Kinds of identity that are taken before others when a set holds several. */
const preferredKinds = ['user', 'guest', 'phone', 'applicationInstance', 'application', 'onPremises', 'encrypted', 'device', 'hidden'];

/** A party from a participantInfo; null where the path holds none. */
export function takeParty(members: Members, ...path: Path): CallParty | null {
  if (!isJsonObject(members.peek(...path))) return null;
  return {
    ...takeIdentity(members, ...path, 'identity'),
    countryCode: takeName(members, ...path, 'countryCode'),
    region: takeName(members, ...path, 'region'),
    languageId: takeName(members, ...path, 'languageId'),
  };
}

/** A party from an identitySet alone; null where the path holds none. */
export function takeIdentitySet(members: Members, ...path: Path): CallParty | null {
  if (!isJsonObject(members.peek(...path))) return null;
  return { ...takeIdentity(members, ...path), countryCode: null, region: null, languageId: null };
}

// The set is open: every member with an identity object names a kind.
function takeIdentity(members: Members, ...path: Path): Pick<CallParty, 'id' | 'kind' | 'displayName' | 'tenantId'> {
  const set = members.peek(...path);
  const kinds = isJsonObject(set) ? Object.keys(set).filter((name) => isJsonObject(set[name])) : [];
  const kind = preferredKinds.find((name) => kinds.includes(name)) ?? kinds[0];
  if (kind === undefined) return { id: null, kind: null, displayName: null, tenantId: null };
  return {
    id: takeName(members, ...path, kind, 'id'),
    kind,
    displayName: takeName(members, ...path, kind, 'displayName'),
    tenantId: takeName(members, ...path, kind, 'tenantId'),
  };
}
