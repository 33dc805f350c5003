// Usage: node scripts/run.mjs <file.ts> [arguments]: installs what is missing and runs the file under the project's Node.
import { install, run } from './project.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Usage: node scripts/run.mjs <file.ts> [arguments]\n');
  process.exit(2);
}
install();
run(file, args);
