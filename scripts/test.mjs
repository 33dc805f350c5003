// Runs the tests, with a broker and a registry of its own where they need one; arguments go to vitest.
import { install, run } from './project.mjs';

install();
run('test/support/run-tests.ts', process.argv.slice(2));
