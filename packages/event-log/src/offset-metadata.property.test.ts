import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetadataForm, openMetadata, sealMetadata } from './offset-metadata.ts';

const forms = fc.constantFrom<MetadataForm>('C', 'D');
const offsets = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const contents = fc.uint8Array({ maxLength: 100 });
const sealed = fc.record({ form: forms, offset: offsets, content: contents });

const bytesOf = (metadata: string) => Buffer.from(metadata, 'base64');

describe('the metadata of an offset', () => {
  it('gives back the content for the form and the offset that it was sealed for', () => {
    fc.assert(
      fc.property(sealed, ({ form, offset, content }) => {
        const metadata = sealMetadata(form, offset, content);
        expect(openMetadata(form, { offset, metadata })).toEqual({ kind: 'content', content: Buffer.from(content) });
      }),
    );
  });

  it('is no knowledge for another form or another offset, as where a tool copied it to a translated offset', () => {
    fc.assert(
      fc.property(sealed, offsets, ({ form, offset, content }, other) => {
        const metadata = sealMetadata(form, offset, content);
        expect(openMetadata(form === 'C' ? 'D' : 'C', { offset, metadata })).toEqual({ kind: 'unknown' });
        fc.pre(other !== offset);
        expect(openMetadata(form, { offset: other, metadata })).toEqual({ kind: 'unknown' });
      }),
    );
  });

  it('never gives content when any octet was changed, and names another version at most', () => {
    fc.assert(
      fc.property(sealed, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ form, offset, content }, at, change) => {
        const bytes = bytesOf(sealMetadata(form, offset, content));
        const changed = at % bytes.length;
        bytes[changed] = (bytes[changed] as number) ^ change;
        const opened = openMetadata(form, { offset, metadata: bytes.toString('base64') });
        expect(opened.kind).toBe(changed === 3 ? 'other-version' : 'unknown');
      }),
    );
  });

  it('never gives content when it was cut short or continued', () => {
    fc.assert(
      fc.property(sealed, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }), ({ form, offset, content }, cut, more) => {
        const bytes = bytesOf(sealMetadata(form, offset, content));
        for (const other of [bytes.subarray(0, cut % bytes.length), Buffer.concat([bytes, more])]) {
          expect(openMetadata(form, { offset, metadata: other.toString('base64') }).kind).not.toBe('content');
        }
      }),
    );
  });

  it('is no knowledge where another author wrote it, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), forms, offsets, (metadata, form, offset) => {
        fc.pre(!bytesOf(metadata).subarray(0, 2).equals(Buffer.from('Sw')));
        expect(openMetadata(form, { offset, metadata })).toEqual({ kind: 'unknown' });
      }),
    );
  });
});
