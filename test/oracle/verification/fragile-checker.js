// A checker that does what the opening's first bytes say: a double for faults that no real reveal is known to cause.
process.on('message', ({ opening }) => {
  const text = Buffer.from(opening).toString('utf8');
  if (text.startsWith('die')) process.exit(1);
  if (text.startsWith('hang')) return;
  if (text.startsWith('throw')) process.send({ error: 'no such circuit' });
  else process.send({ result: { code: 'OK', reason: text, numbers: { pid: process.pid }, cpuMs: 0 } });
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
