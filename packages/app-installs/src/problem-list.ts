/** Most problems of one document that are reported. */
const MAX_PROBLEMS = 20;

/** Problems of one document: the first 20, and the number of all. */
export interface ProblemList<Problem> {
  readonly first: readonly Problem[];
  readonly count: number;
  /** Counts a problem. `describe` is called for the first 20 only: a document may have 20,000. */
  add(describe: () => Problem): void;
}

export function createProblemList<Problem>(): ProblemList<Problem> {
  const first: Problem[] = [];
  let count = 0;
  return {
    first,
    get count() {
      return count;
    },
    add(describe) {
      count += 1;
      if (count <= MAX_PROBLEMS) first.push(describe());
    },
  };
}
