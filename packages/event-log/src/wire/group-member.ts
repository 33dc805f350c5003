/** A member of a group in one generation: the group coordinator refuses its offsets once a newer generation has begun. */
export interface GroupMember {
  readonly memberId: string;
  readonly generationId: number;
  /** Of a static member. */
  readonly instanceId?: string | undefined;
}
