/** The services, in the order in which they are named in logs. */
export const serviceNames = ['ingress', 'normalizer', 'delivery'] as const;

export type ServiceName = (typeof serviceNames)[number];
