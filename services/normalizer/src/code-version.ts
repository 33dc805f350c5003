import manifest from '../package.json' with { type: 'json' };

/** Version of the code that decides, stored with every rejected notification. */
export const codeVersion: string = manifest.version;
