/** The promise's value, or `late` once `timeoutMs` have passed; the promise itself is not cancelled. */
export function withinDeadline<Value, Late>(promise: Promise<Value>, timeoutMs: number, late: Late): Promise<Value | Late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late), Math.max(0, timeoutMs));
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
