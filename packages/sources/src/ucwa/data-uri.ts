/** Text that travels inside a link, as `data:text/plain;charset=utf-8,Hi+there`. */
export interface DataUri {
  /** Media type without parameters, in lower case. */
  readonly mediaType: string;
  readonly text: string;
}

/** Undefined for what is not a data URI in UTF-8 or its subset ASCII, or does not decode. */
export function readDataUri(href: string): DataUri | undefined {
  const comma = href.indexOf(',');
  if (!/^data:/i.test(href) || comma < 0) return undefined;
  const [mediaType = '', ...parameters] = href.slice(5, comma).split(';');
  const names = parameters.map((parameter) => parameter.trim().toLowerCase());
  const charset = names.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  if (charset !== undefined && !/^"?(utf-8|us-ascii)"?$/.test(charset)) return undefined;
  const text = names.includes('base64') ? fromBase64(href.slice(comma + 1)) : fromForm(href.slice(comma + 1));
  return text === undefined ? undefined : { mediaType: mediaType.trim().toLowerCase() || 'text/plain', text };
}

// A blank travels as a plus sign, as in form encoding, and a plus sign as %2B.
function fromForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(decodeURIComponent(text), 'base64'));
  } catch {
    return undefined;
  }
}
