export interface RejectShareOptions {
  /** Share of faulty records, 0 to 1, above which the normalizer stops. */
  readonly limit: number;
  /** Records judged before the share counts, and the number it is taken over. */
  readonly over: number;
}

/**
 * Watches which share of the records is rejected for a fault. A bad deployment then stops the normalizer, and the lag
 * stays, instead of draining the topic into rejected records.
 */
export interface RejectShare {
  /** Judges a slice before it is committed; true where the slice must not be committed. Stays true until a restart. */
  exceeded(slice: { readonly good: number; readonly faulty: number }): boolean;
  readonly open: boolean;
}

export function createRejectShare({ limit, over }: RejectShareOptions): RejectShare {
  let good = 0;
  let faulty = 0;
  let open = false;
  return {
    exceeded(slice) {
      if (open) return true;
      good += slice.good;
      faulty += slice.faulty;
      const judged = good + faulty;
      if (judged < over) return false;
      if (faulty / judged > limit) {
        open = true;
        return true;
      }
      // Halving forgets old records gradually and keeps the share.
      if (judged >= 2 * over) {
        good /= 2;
        faulty /= 2;
      }
      return false;
    },
    get open() {
      return open;
    },
  };
}
