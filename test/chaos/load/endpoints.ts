/** How an endpoint answers a delivery: its path, without the slash. */
export const endpoints = ['ok', 'fails-at-first', 'dies-at-times', 'never', 'slow', 'hangs-at-times', 'cuts-at-times'] as const;

export type Endpoint = (typeof endpoints)[number];
