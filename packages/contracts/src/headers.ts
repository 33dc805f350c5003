/** A Kafka header; values are bytes. */
export type KafkaHeader = readonly [name: string, value: Buffer];

/** Names of Kafka headers. Those of the CloudEvents binding start with ce_, our own with sb_. */
export const headerNames = {
  specVersion: 'ce_specversion',
  eventId: 'ce_id',
  eventType: 'ce_type',
  eventSource: 'ce_source',
  subject: 'ce_subject',
  time: 'ce_time',
  dataSchema: 'ce_dataschema',
  partitionKey: 'ce_partitionkey',
  tenantId: 'ce_tenantid',
  contentType: 'content-type',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  notificationId: 'sb_notification_id',
  deliveryId: 'sb_delivery_id',
  installId: 'sb_install_id',
  installVersion: 'sb_install_version',
  attempt: 'sb_attempt',
  deferrals: 'sb_deferrals',
  run: 'sb_run',
  firstAt: 'sb_first_at',
  heldMs: 'sb_held_ms',
  bodyVersion: 'sb_body_version',
  lastCode: 'sb_last_code',
  lastStatus: 'sb_last_status',
  failedAt: 'sb_failed_at',
  origin: 'sb_origin',
} as const;

/** Text of the first header of that name. */
export function headerText(headers: readonly KafkaHeader[], name: string): string | undefined {
  return headers.find(([other]) => other === name)?.[1].toString('utf8');
}

/** Texts of all headers by name, of the first where a name comes twice: cheaper than `headerText` for more than a few. */
export function headerTexts(headers: readonly KafkaHeader[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of headers) if (!texts.has(name)) texts.set(name, value.toString('utf8'));
  return texts;
}

export function textHeader(name: string, value: string): KafkaHeader {
  return [name, Buffer.from(value, 'utf8')];
}
