/** The services that every notification passes, in the order in which they are named in logs. */
export const dataPlaneNames = ['ingress', 'normalizer', 'delivery'] as const;

export type DataPlaneName = (typeof dataPlaneNames)[number];

/** All services: the data plane, and the admin, without which it runs. */
export const serviceNames = [...dataPlaneNames, 'admin'] as const;

export type ServiceName = (typeof serviceNames)[number];
