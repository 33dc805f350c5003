/**
 * A reading of a body that is made once for the steps that follow one another over the same body: those of the ingress,
 * which verifies, recognizes and classifies it in one go. The body must not be changed.
 */
export function oncePerBody<Reading>(read: (body: Buffer) => Reading): (body: Buffer) => Reading {
  // Only the last body: a WeakMap would keep every reading until the next full collection.
  let last: { readonly body: Buffer; readonly reading: Reading } | undefined;
  return (body) => {
    if (last?.body !== body) last = { body, reading: read(body) };
    return last.reading;
  };
}
