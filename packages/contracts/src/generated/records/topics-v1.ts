// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** The settings that `topics apply` last set on a topic. A setting that differs from it later was changed by an operator. */
export interface TopicSettings {
  /** Name of the topic without TOPIC_PREFIX; it is the record's key. */
  readonly topic: string;
  /** Value by the name that Kafka has for the setting. */
  readonly settings: Readonly<Record<string, string>>;
  /** When they were set. */
  readonly appliedAt: number;
}

/** TopicSettings as written. */
export type TopicSettingsInput = TopicSettings;
