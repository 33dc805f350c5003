/** A process that says its id and does nothing. */
process.stdout.write(`${process.pid}\n`);
setInterval(() => {}, 1_000);
