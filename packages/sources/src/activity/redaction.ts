import { type JsonObject, redact, type Secrets, textAt } from '@switchboard/source-kit';

/** Members that are secrets at any depth. */
const NAMES = ['authorization', 'client_secret', 'recordingAccessToken', 'access_token', 'refresh_token', 'id_token'];

/** Where a single sign-on puts its exchangeable token: sign-in invokes, token events, and invokes that sign in on the way. */
const TOKEN_PATHS = [
  ['value', 'token'],
  ['value', 'authentication', 'token'],
];

/** Invokes whose `value.state` is the code that completes a sign-in. */
const SIGN_IN = /^(signin|composeExtension|adaptiveCard)\//;

/** A copy of the activity without secrets, and without callerId, which a channel is not allowed to send and which cannot be trusted. */
export function withoutSecrets(activity: JsonObject): JsonObject {
  const { callerId: _, ...rest } = activity;
  return redact(rest, secretsOf(activity));
}

function secretsOf(activity: JsonObject): Secrets {
  const type = textAt(activity, 'type')?.toLowerCase();
  if (type !== 'invoke' && type !== 'event') return { names: NAMES };
  const signsIn = SIGN_IN.test(textAt(activity, 'name') ?? '');
  return { names: NAMES, paths: signsIn ? [...TOKEN_PATHS, ['value', 'state']] : TOKEN_PATHS };
}
