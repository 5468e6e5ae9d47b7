/**
 * The real checker's program, in which the text of an opening says what becomes of the process: "exit", "hang",
 * "throw", "pid" (takes a moment and says which process it was), "alone" (says which, unless it is the first process
 * or the second that gets it: those exit). Runs on the built code, as the oracle does.
 */
const fs = require('node:fs');
const verification = require('../../../lib/oracle/verification');

const real = verification.runCheck;
const pid = (number) => ({ code: 'OK', reason: '', numbers: { pid: process.pid, number }, cpuMs: 0 });

verification.runCheck = async (check) => {
  const [word, argument] = Buffer.from(check.opening).toString('latin1').split(' ');
  if (word === 'exit') process.exit(9);
  if (word === 'hang') for (;;);
  if (word === 'throw') throw new Error('no kernel for this');
  if (word === 'pid') {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return pid(Number(argument));
  }
  if (word === 'alone') {
    fs.appendFileSync(argument, '.');
    if (fs.statSync(argument).size <= 2) process.exit(9);
    return pid(fs.statSync(argument).size);
  }
  return real(check);
};
require('../../../lib/oracle/verification/worker');
