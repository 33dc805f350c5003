import { StackError } from '../errors.ts';

/** Throws ERR_STACK_PLATFORM where there are no process groups and signals to run the stack with. */
export function requirePosix(platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32') return;
  throw new StackError('ERR_STACK_PLATFORM', 'the local stack runs on Linux and macOS. On Windows use WSL, or `docker compose up`.');
}
