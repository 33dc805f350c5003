/** Undefined unless the text is the one canonical base64 (with padding, no blanks, no unused bits) of its bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
