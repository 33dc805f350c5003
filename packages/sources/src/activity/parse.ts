import { oncePerBody, parseJsonObject } from '@switchboard/source-kit';

/** The JSON object of a verified body; `verify` and `classify` of one request share it. */
export const parseActivity = oncePerBody(parseJsonObject);
