import type { JsonObject } from '../body/json.ts';

/** Claims of a token, own members only. */
export type Claims = JsonObject;
