import { choosePorts, type PortWish } from '../host/ports.ts';

/** Every port of the stack but those of Kafka and the registry, which look for their own. */
const PREFERRED = {
  ingress: { purpose: 'the ingress', preferred: 18_080 },
  ingressHealth: { purpose: "the ingress's health", preferred: 18_081 },
  normalizerHealth: { purpose: "the normalizer's health", preferred: 18_082 },
  deliveryHealth: { purpose: "the delivery's health", preferred: 18_083 },
  adminHealth: { purpose: "the admin's health", preferred: 18_084 },
  admin: { purpose: 'the admin API', preferred: 18_090 },
  issuer: { purpose: 'the local issuer', preferred: 18_443 },
  receiver: { purpose: 'the sample receiver', preferred: 18_444 },
} as const;

export type StackPortName = keyof typeof PREFERRED;

export type StackPorts = Readonly<Record<StackPortName, number>>;

export const stackPortNames = Object.keys(PREFERRED) as readonly StackPortName[];

/** The usual ports where they are free, others where not. A port given is fixed. Throws ERR_STACK_PORT_TAKEN. */
export function chooseStackPorts<const Name extends StackPortName>(
  names: readonly Name[],
  fixed: Partial<StackPorts> = {},
): Promise<Pick<StackPorts, Name>> {
  const wishes = names.map((name): [Name, PortWish] => [name, { ...PREFERRED[name], fixed: fixed[name] }]);
  return choosePorts(Object.fromEntries(wishes) as Record<Name, PortWish>);
}
