// Starts everything on this machine and shows one notification of every source going through; `-- --once` ends after that.
import { install, run } from './project.mjs';

install();
run('packages/local-stack/src/start-main.ts', process.argv.slice(2));
