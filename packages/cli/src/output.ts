/** Where a command prints: a sentence for people, or a JSON line under --json. */
export interface Output {
  line(text: string, json: object): void;
}

export function createOutput(write: (text: string) => void, options: { readonly json: boolean }): Output {
  return { line: (text, json) => write(`${options.json ? JSON.stringify(json) : text}\n`) };
}
