import type { WriterSchemas } from './decode-record.ts';

/** Every version of every subject of the registry, by id. */
export async function readSchemas(registryUrl: string): Promise<WriterSchemas> {
  const get = async <Content>(path: string): Promise<Content> => {
    const response = await fetch(`${registryUrl}${path}`);
    if (!response.ok) throw new Error(`the registry responded to ${path} with ${response.status}`);
    return (await response.json()) as Content;
  };
  const schemas: Record<string, string> = {};
  for (const subject of await get<string[]>('/subjects')) {
    const versions = `/subjects/${encodeURIComponent(subject)}/versions`;
    for (const version of await get<number[]>(versions)) {
      const { id, schema } = await get<{ id: number; schema: string }>(`${versions}/${version}`);
      schemas[id] = schema;
    }
  }
  return schemas;
}
