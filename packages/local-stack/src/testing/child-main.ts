/** A parent that starts one child, says its process id and then hangs: what the watch is tested with. */
import { startChild } from '../process/child.ts';

const [command = '', logFile = ''] = process.argv.slice(2);
const child = await startChild({ command: '/bin/sh', args: ['-c', command], environment: { PATH: '/usr/bin:/bin' }, logFile });
process.stdout.write(`${child.pid}\n`);
setInterval(() => {}, 1_000);
