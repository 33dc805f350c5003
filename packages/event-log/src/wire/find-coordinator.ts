import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';

// FindCoordinator, version 3: the first flexible one. Fields between the tag buffers of flexible.ts:
//
//   request         = name key-type
//   key-type        = int8                           ; 0: a group
//
//   response        = throttle-ms error-code error-message node-id host port
//   name, error-message, host = compact-string
//   throttle-ms, node-id, port = int32
//   error-code      = int16

const GROUP = 0;

/** Resolves with the node id of the coordinator of a group; else ResponseError. */
export function findCoordinator(groupId: string): WireRequest<number> {
  return {
    apiKey: 10,
    apiVersion: 3,
    apiName: 'FindCoordinator',
    encode: () => new FlexibleWriter().string(groupId).int8(GROUP).tags().encoded(),
    decode(reader) {
      reader.int32();
      const code = reader.int16();
      if (code !== 0) throw new ResponseError('FindCoordinator', code);
      reader.string();
      return reader.int32();
    },
  };
}
