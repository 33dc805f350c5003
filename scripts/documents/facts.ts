/** What the documents may speak of, as it is in the project. */
export interface Facts {
  /** Whether there is a file or folder of that path, relative to the root. */
  readonly exists: (path: string) => boolean;
  /** Text of a file; undefined where there is none. */
  readonly textOf: (path: string) => string | undefined;
  /** Names of all files of the project, without folders. */
  readonly fileNames: ReadonlySet<string>;
  readonly npmScripts: ReadonlySet<string>;
  readonly cliCommands: ReadonlySet<string>;
  readonly composeProfiles: ReadonlySet<string>;
  /** Environment variables that a process of the project reads. */
  readonly variables: ReadonlySet<string>;
  /** Those of them that only tests and scripts read. */
  readonly testVariables: ReadonlySet<string>;
  readonly topics: ReadonlySet<string>;
  readonly eventTypes: ReadonlySet<string>;
  readonly recordNames: ReadonlySet<string>;
  readonly errorCodes: ReadonlySet<string>;
  readonly sources: readonly { readonly id: string; readonly paths: readonly string[] }[];
}
