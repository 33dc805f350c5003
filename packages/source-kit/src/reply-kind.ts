/** What a sender that waits takes: a message activity, or the workflow of a call. */
export type ReplyKind = 'message' | 'workflow';
