import { ERRORS, type ErrorEntry } from '../../packages/source-kit/src/index.ts';
import { ADMIN_ERRORS } from '../../services/admin/src/http/problem.ts';
import { NORMALIZER_CODES } from '../../services/normalizer/src/codes.ts';
import { codesOfUnion, type DeclaredCode } from './error-codes.ts';

/** A closed list of codes, as the documents show it. */
export interface CodeList {
  /** Name of its table. */
  readonly name: string;
  readonly head: readonly string[];
  /** Cells behind the code, by code. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** Unions of codes, by the name of their table. */
const unions: Readonly<Record<string, readonly (readonly [file: string, type: string])[]>> = {
  ingress: [
    ['services/ingress/src/codes.ts', 'IngressCode'],
    ['services/ingress/src/codes.ts', 'IngressLogCode'],
  ],
  attempts: [['packages/webhooks/src/attempt-code.ts', 'AttemptCode']],
  deferrals: [['services/delivery/src/lanes/job.ts', 'DeferralCode']],
  ends: [
    ['services/delivery/src/retries/next-step.ts', 'DeathCode'],
    ['services/delivery/src/dispatch/standing.ts', 'SkipCode'],
    ['services/delivery/src/attempts/reply.ts', 'OwnReplyCode'],
  ],
  installs: [
    ['packages/app-installs/src/install-problem.ts', 'InstallProblemCode'],
    ['services/admin/src/http/problem.ts', 'AddressCode'],
  ],
  requests: [['services/admin/src/http/problem.ts', 'RequestProblemCode']],
  configuration: [['packages/runtime/src/config/define-config.ts', 'ConfigWarningCode']],
  'admin tokens': [['packages/app-installs/src/access/watch-tokens.ts', 'AdminTokensCode']],
  'admin certificate': [['services/admin/src/http/admin-certificate.ts', 'AdminTlsCode']],
  log: [['packages/event-log/src/log.ts', 'LogErrorCode']],
  codec: [['packages/contracts/src/errors.ts', 'CodecErrorCode']],
  'local stack': [['packages/local-stack/src/errors.ts', 'StackErrorCode']],
};

/** Every closed list of codes in the project. */
export function codeLists(textOf: (path: string) => string | undefined): readonly CodeList[] {
  const ofSources = Object.entries<ErrorEntry>(ERRORS).map(([code, { meaning, acts, http }]) => {
    return [code, [meaning, acts, http === null ? '–' : String(http)]] as const;
  });
  const ofNormalizer = Object.entries<string>(NORMALIZER_CODES).filter(([code]) => !Object.hasOwn(ERRORS, code));
  return [
    { name: 'codes of sources', head: ['code', 'meaning', 'who acts', 'HTTP'], rows: new Map(ofSources) },
    list('normalizer', [
      ...ofNormalizer.map(([code, meaning]) => ({ code, meaning })),
      ...codesOfUnion(textOf('services/normalizer/src/codes.ts') ?? '', 'StopCode'),
    ]),
    {
      name: 'codes of admin',
      head: ['code', 'HTTP', 'title'],
      rows: new Map(Object.entries(ADMIN_ERRORS).map(([code, { status, title }]) => [code, [String(status), title]])),
    },
    ...Object.entries(unions).map(([name, types]) =>
      list(
        name,
        types.flatMap(([file, type]) => codesOfUnion(textOf(file) ?? '', type)),
      ),
    ),
  ];
}

function list(name: string, codes: readonly DeclaredCode[]): CodeList {
  return { name: `codes of ${name}`, head: ['code', 'meaning'], rows: new Map(codes.map(({ code, meaning }) => [code, [meaning]])) };
}
