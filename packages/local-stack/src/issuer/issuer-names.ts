/** The authorities whose place the local issuer takes. */
export const issuerNames = ['calling', 'ucwa', 'bot-framework'] as const;

export type IssuerName = (typeof issuerNames)[number];

/** What each says of itself in its metadata, and which channels its keys vouch for. */
export const issuerFacts: Readonly<Record<IssuerName, { readonly issuer: string; readonly endorsements: readonly string[] }>> = {
  calling: { issuer: 'https://api.botframework.com', endorsements: [] },
  // The metadata of the common endpoint keeps the placeholder.
  ucwa: { issuer: 'https://sts.windows.net/{tenantid}/', endorsements: [] },
  'bot-framework': { issuer: 'https://api.botframework.com', endorsements: ['msteams', 'webchat', 'directline'] },
};
