import { defineConfig, serviceVariables } from '@switchboard/runtime';

const { host, logLevel } = serviceVariables;

const demoDir = {
  name: 'DEMO_DIR',
  type: 'string',
  doc: 'Folder of the authority, the private keys and the tokens; of the demo alone, never of a service.',
} as const;
const issuerUrl = {
  name: 'DEMO_ISSUER_URL',
  type: 'url',
  protocols: ['https:'],
  doc: 'Origin of the issuer, as the ingress reaches it.',
} as const;
const receiverUrl = {
  name: 'DEMO_RECEIVER_URL',
  type: 'url',
  protocols: ['https:'],
  doc: 'Origin of the sample receiver, as the delivery reaches it.',
} as const;

/** Environment variables of the process that prepares a demo in containers. */
export const prepareConfig = defineConfig({
  demoDir,
  configurationDir: {
    name: 'CONFIGURATION_DIR',
    type: 'string',
    doc: 'Folder that the services read their files from, by the path that they know it by.',
  },
  issuerUrl,
  receiverUrl,
  ingressUrl: { name: 'DEMO_INGRESS_URL', type: 'url', doc: 'Base URL of the ingress, as events name it.' },
});

/** Environment variables of the issuer of a demo. */
export const issuerConfig = defineConfig({ host, logLevel, demoDir, issuerUrl });

/** Environment variables of the receiver of a demo. */
export const receiverConfig = defineConfig({ host, logLevel, demoDir, receiverUrl });

export const readPrepareConfig = () => prepareConfig.read(process.env);
export const readIssuerConfig = () => issuerConfig.read(process.env);
export const readReceiverConfig = () => receiverConfig.read(process.env);
