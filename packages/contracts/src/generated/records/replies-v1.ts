// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** An answer for a sender that waits for one. */
export interface Reply {
  /** The notification it answers. */
  readonly notificationId: string;
  /** Who replies, for example an install id. */
  readonly author: string;
  /** JSON text of the message activity. */
  readonly activity: string;
  /** When it was written. */
  readonly createdAt: number;
}

/** Reply as written. */
export type ReplyInput = Reply;
