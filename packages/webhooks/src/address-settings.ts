import { type ConfigOf, coversEverything, readCidr, type Variables } from '@switchboard/runtime';

/** Where webhooks may be besides public addresses. */
export const addressVariables = {
  addressAllow: {
    name: 'ADDRESS_ALLOW',
    type: 'list',
    optional: true,
    doc: 'CIDR ranges that endpoints may be in although they are private or special, comma-separated.',
  },
} as const satisfies Variables;

/** Rule for every configuration with addressVariables. */
export function addressAllowRule({ addressAllow = [] }: ConfigOf<typeof addressVariables>): readonly string[] {
  const badRanges = addressAllow.filter((text) => readCidr(text) === undefined);
  return [
    ...badRanges.map((text) => `ADDRESS_ALLOW: must hold CIDR ranges, has ${JSON.stringify(text)}`),
    ...(coversEverything(addressAllow.flatMap((text) => readCidr(text) ?? []))
      ? [`ADDRESS_ALLOW: must not admit every address, is ${JSON.stringify(addressAllow.join(','))}`]
      : []),
  ];
}
