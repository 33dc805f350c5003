import { readQuery } from './href.ts';

export interface ReceivedContexts {
  /** Value of the query parameter callbackContext. */
  readonly callbackContext?: string;
  /** Rest of the path behind the app, for custom URLs that carry their context there. */
  readonly callbackPath?: string;
}

/** The contexts a request carries, from its query and its path parameters; an empty one counts as absent. */
export function contextsOf(request: {
  readonly query: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}): ReceivedContexts {
  const parameter = Object.entries(readQuery(request.query)).find(([name]) => name.toLowerCase() === 'callbackcontext');
  const path = request.pathParameters['*'];
  return {
    ...(parameter === undefined || parameter[1] === '' ? {} : { callbackContext: parameter[1] }),
    ...(path === undefined || path === '' ? {} : { callbackPath: path }),
  };
}
