/** Whether this member may still own the partitions it was given, as far as it has heard of the group. */
export interface Standing {
  /** A generation has begun. */
  joined(): void;
  /** A heartbeat was answered. */
  heard(): void;
  /** The group forms anew, or the member has left it. */
  rebalancing(): void;
  mayOwn(): boolean;
}

/** `now`: milliseconds of a steady clock. `silenceMs`: after that long without a word another member may have been given them. */
export function createStanding({ now, silenceMs }: { readonly now: () => number; readonly silenceMs: number }): Standing {
  let member = false;
  let heardAt = now();
  return {
    joined() {
      member = true;
      heardAt = now();
    },
    heard() {
      heardAt = now();
    },
    rebalancing() {
      member = false;
    },
    mayOwn: () => member && now() - heardAt < silenceMs,
  };
}
