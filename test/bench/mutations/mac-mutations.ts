import { createHmac } from 'node:crypto';
import { type SeededRandom, withFlippedBit } from './seeded-random.ts';

/** A body with its valid MAC. */
export interface SignedBody {
  readonly body: Buffer;
  readonly mac: Buffer;
}

export interface MacMutation {
  readonly kind: string;
  /** Share of the MACs. */
  readonly weight: number;
  make(signed: SignedBody, random: SeededRandom, other: SignedBody): { readonly authorization: string; readonly body: Buffer };
}

const header = (mac: Buffer): string => `HMAC ${mac.toString('base64')}`;

function otherSpelling(mac: Buffer, random: SeededRandom): string {
  const text = mac.toString('base64');
  const lastButPadding = text.slice(0, -2) + String.fromCharCode(text.charCodeAt(text.length - 2) + 1);
  return random.of([
    text.slice(0, -1),
    `${text}=`,
    `${text}A`,
    `${lastButPadding}=`,
    text.replaceAll('+', '-').replaceAll('/', '_').slice(0, -1),
    mac.toString('hex'),
    `${text.slice(0, 20)}\n${text.slice(20)}`,
    `${text.slice(0, 20)} ${text.slice(20)}`,
    `"${text}"`,
  ]);
}

export const macMutations: readonly MacMutation[] = [
  { kind: 'bit of the MAC', weight: 6, make: ({ body, mac }, random) => ({ authorization: header(withFlippedBit(mac, random)), body }) },
  {
    kind: 'bit of the body',
    weight: 6,
    make: ({ body, mac }, random) => ({ authorization: header(mac), body: withFlippedBit(body, random) }),
  },
  { kind: 'MAC cut', weight: 3, make: ({ body, mac }, random) => ({ authorization: header(mac.subarray(0, random.below(32))), body }) },
  {
    kind: 'body cut or longer',
    weight: 3,
    make: ({ body, mac }, random) => ({
      authorization: header(mac),
      body:
        random.below(2) === 0
          ? body.subarray(0, random.below(body.length))
          : Buffer.concat([body, Buffer.alloc(1 + random.below(8), 0x20)]),
    }),
  },
  { kind: 'MAC of another body', weight: 2, make: ({ body }, _, other) => ({ authorization: header(other.mac), body }) },
  {
    kind: 'MAC of another key',
    weight: 2,
    make: ({ body }, random) => ({
      authorization: header(
        createHmac('sha256', `key-${random.below(1e9)}`)
          .update(body)
          .digest(),
      ),
      body,
    }),
  },
  {
    kind: 'other spelling of the MAC',
    weight: 4,
    make: ({ body, mac }, random) => ({ authorization: `HMAC ${otherSpelling(mac, random)}`, body }),
  },
  {
    kind: 'other form of the MAC header',
    weight: 2,
    make({ body, mac }, random) {
      const text = mac.toString('base64');
      const authorization = random.of([
        `HMAC  ${text}`,
        `HMAC\t${text}`,
        `HMAC \t${text}`,
        `hmac ${text}`,
        `Bearer ${text}`,
        text,
        ` HMAC ${text}`,
        `HMAC ${text},HMAC ${text}`,
      ]);
      return { authorization, body };
    },
  },
];
