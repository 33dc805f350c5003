import type { EventDraft, RawNotification } from '@switchboard/contracts';
import type { Static, TSchema } from '@switchboard/validation';
import type { JsonObject } from './body/json.ts';
import type { ErrorCode } from './errors.ts';
import type { KeySets } from './key-sets.ts';
import type { ReplyKind } from './reply-kind.ts';
import type { SampleSigner } from './sample-signer.ts';

/** What the ingress knows of an HTTP request before its body. Nothing in it has been parsed. */
export interface InboundHead {
  /** UUIDv7, given by the ingress. */
  readonly notificationId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly method: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Query string as received, without the question mark. */
  readonly query: string;
  /** Lower-cased names; a header that came twice holds both values joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of headers that came more than once, lower-cased. */
  readonly duplicateHeaders: readonly string[];
}

/** One HTTP request of a sender, as the ingress hands it to a source. */
export interface InboundRequest extends InboundHead {
  readonly body: Buffer;
}

/** The authenticated sender of a request, as it is stored in the raw record. */
export interface Principal {
  readonly scheme: 'bearer' | 'hmac';
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly tenantId: string | null;
  readonly keyId: string | null;
}

/** A sender authenticated by its token, with what only `verify` can compare with the body. */
export interface TokenPrincipal extends Principal {
  /** Claims of the token, own members only. */
  readonly claims: JsonObject;
  /** Channels that the signing key is endorsed for. */
  readonly endorsements: readonly string[];
}

/** What is not an authenticated sender; `keyId` is the key that the credential names, for the log. */
type NotAuthenticated =
  /** Not authenticated: the ingress responds with one constant 401; `code` goes to the log and the metric. */
  | { readonly kind: 'refused'; readonly code: VerifyCode; readonly keyId?: string }
  /** No key set can judge now; 503 with Retry-After, so that the sender tries again. */
  | { readonly kind: 'unavailable'; readonly code: VerifyCode; readonly keyId?: string };

/**
 * What the head of a request says about its sender.
 * - `authenticated`: the token is valid; `verify` still compares it with the body.
 * - `needs-body`: the credential is well-formed, and only the body can show whether it is valid (HMAC).
 */
export type AuthenticateOutcome =
  | { readonly kind: 'authenticated'; readonly principal: TokenPrincipal }
  | { readonly kind: 'needs-body' }
  | NotAuthenticated;

/**
 * What the whole request says about its sender.
 * - `verified`: the sender is authenticated, and what its credential says fits the body.
 * - `malformed`: the sender is authenticated, but its body cannot be read; 400.
 */
export type VerifyOutcome =
  | { readonly kind: 'verified'; readonly principal: Principal }
  | { readonly kind: 'malformed'; readonly code: VerifyCode }
  | NotAuthenticated;

/** What may be wrong with the body itself; `verify`, `classify` and `normalize` all return these as they are. */
export type BodyCode = Extract<ErrorCode, `ERR_BODY_${string}`>;

/** Closed list; see ERRORS in errors.ts for the meaning of each. */
export type VerifyCode = Extract<ErrorCode, `ERR_VERIFY_${string}`> | BodyCode;

export interface AuthenticateContext<Entry> {
  readonly app: string;
  readonly entry: Entry;
  readonly keySets: KeySets;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface VerifyContext<Entry> {
  readonly app: string;
  readonly entry: Entry;
}

/** What the answer to an accepted request is, decided before the raw record is appended. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Set for senders that wait: the ingress holds the request until a valid reply or `waitMs` after reception, then sends the default. */
  readonly reply?: { readonly waitMs: number; readonly default: Readonly<Record<string, unknown>> };
}

export type Disposition = 'accepted' | 'legacy-switch' | 'legacy-accepted' | 'redirected';

/** `later-legacy-callback`: a legacy callback on a call, though none was ever answered with a workflow. */
type Anomaly = 'later-legacy-callback';

export type Classification =
  | {
      readonly kind: 'classified';
      readonly disposition: Disposition;
      /** The conversation or the call; at most `maxRoutingKeyLength` characters, a longer one is malformed. */
      readonly routingKey: string;
      /** The protocol's own key, without source and app: the ingress prefixes those. */
      readonly dedupeKey: string;
      readonly answer: Answer;
      /** Stored with the raw record, so that normalize only copies. */
      readonly location?: string;
      readonly callbackContext?: string;
      readonly callbackUri?: string;
      /** Set where the sender's repetition of this call is worth an alarm after several distinct messages. */
      readonly loopKey?: string;
      /** Set where no known sender has a reason to send this; counted, so that it is seen. */
      readonly anomaly?: Anomaly;
    }
  | { readonly kind: 'malformed'; readonly code: ClassifyCode };

/** Closed list; see ERRORS in errors.ts for the meaning of each. */
export type ClassifyCode = Extract<ErrorCode, `ERR_CLASSIFY_${string}`> | BodyCode;

export interface ClassifyContext<Entry> {
  readonly app: string;
  readonly entry: Entry;
  readonly principal: Principal;
  readonly routing: Routing;
}

/** Routing tokens and regions, bound to one app by the ingress. */
export interface Routing {
  /** Signed, URL-safe text that carries `data` back to us; at most 512 characters for `data` of 200. */
  mint(data: Readonly<Record<string, string>>): string;
  /** The data of a token that we signed for this app, else undefined. */
  open(token: string): Readonly<Record<string, string>> | undefined;
  /** This region and the base URL of every region. */
  readonly regions: { readonly self: string; readonly table: Readonly<Record<string, string>> };
}

export type NormalizeOutcome =
  | { readonly kind: 'events'; readonly events: readonly EventDraft[] }
  /** Well-formed and without content, for example a UCWA body without senders. */
  | { readonly kind: 'empty'; readonly code: NormalizeCode }
  | { readonly kind: 'rejected'; readonly code: NormalizeCode; readonly detail?: string };

/** Closed list; see ERRORS in errors.ts for the meaning of each. */
export type NormalizeCode = Extract<ErrorCode, `ERR_NORMALIZE_${string}`> | BodyCode;

export interface Route {
  readonly method: 'POST' | 'GET';
  /** Fastify path; `:app` where the app is in the path, `*` for the rest. */
  readonly path: string;
}

/** A signed example request. */
export interface SampleRequest {
  /** What it shows, for example "incoming call". */
  readonly name: string;
  readonly method: 'POST';
  /** Path and query, for example /calling/contoso-bot. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Event types that it becomes, in order. */
  readonly eventTypes: readonly string[];
}

/** What a request carries beside its body. */
export type SampleHead = Pick<SampleRequest, 'method' | 'target' | 'headers'>;

/**
 * Everything Switchboard knows about one inbound protocol. `authenticate`, `verify` and `classify` run in the ingress, `normalize` in
 * the normalizer. Sources that share a route share the entry and the verify rule; `recognizes` tells their bodies apart.
 */
export interface Source<Id extends string = string, Entry = unknown> {
  readonly id: Id;
  readonly routes: readonly Route[];
  /** Name of the member of an app in SOURCES_FILE that configures this source; the id unless it shares another's. */
  readonly entryName: string;
  /** What the entry may hold. SOURCES_FILE is validated as a whole against the schemas of all sources. */
  readonly configSchema: TSchema;
  /** The entry, completed with defaults, of a configuration that `configSchema` admits. */
  toEntry(config: unknown, context: EntryContext): Entry;
  /** URLs of OpenID metadata this entry needs, so that readiness can wait for their keys. */
  keySetUrls(entry: Entry): readonly string[];
  /** Finds the app where the path has none; absent where the path names it. */
  findApp?(head: InboundHead, entries: ReadonlyMap<string, Entry>): string | undefined;
  /** What `findApp` finds the app of an entry by; no two apps may share one. Present where `findApp` is. */
  lookupValues?(entry: Entry): readonly string[];
  /** Headers in lower case that are kept in the raw record. Never authorization. */
  readonly keptHeaders: readonly string[];
  /** What its waiting senders take as a reply; a message where it does not say. */
  readonly replyKind?: ReplyKind;
  /** Authenticates the sender from the head alone, before a byte of the body is read; at once, unless it has to wait for a key. */
  authenticate(head: InboundHead, context: AuthenticateContext<Entry>): AuthenticateOutcome | Promise<AuthenticateOutcome>;
  /** Checks what needs the body. `principal` is what `authenticate` found; null where it said `needs-body`. */
  verify(request: InboundRequest, principal: TokenPrincipal | null, context: VerifyContext<Entry>): VerifyOutcome;
  /** Whether a verified body has this source's protocol form. The first source of a route that recognizes it takes it. */
  recognizes(body: Buffer): boolean;
  classify(request: InboundRequest, context: ClassifyContext<Entry>): Classification;
  /** Pure function of the raw record alone: no clock, configuration, keys or I/O; never throws. */
  normalize(raw: RawNotification): NormalizeOutcome;
  sample(signer: SampleSigner): Promise<readonly SampleRequest[]>;
  /** Addresses and signs any body as the platform would; ids in headers are fresh. A body that no rule can read is signed too. */
  sign(signer: SampleSigner, body: Buffer): Promise<SampleHead>;
}

export type SecretOutcome = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string };

/** The secret that `{env: NAME}` or `{file: PATH}` refers to, or the rule that a value breaks which is no such reference. */
export type SecretResolver = (reference: unknown) => SecretOutcome;

export interface EntryContext {
  readonly app: string;
  readonly secret: SecretResolver;
}

/** What a source is written as: `toEntry` has the type of its schema. */
export interface SourceDefinition<Id extends string, Config extends TSchema, Entry> extends Source<Id, Entry> {
  readonly configSchema: Config;
  toEntry(config: Static<Config>, context: EntryContext): Entry;
}

/** Keeps the types of a source's entry and id. */
export function defineSource<const Id extends string, Config extends TSchema, Entry>(
  source: SourceDefinition<Id, Config, Entry>,
): Source<Id, Entry> {
  return source;
}
