/** A node in a process of its own: it says HELLO, and sends `frame` so many ms after each message of its parent. */
const { Wallet } = require('ethers');
const { WebSocket } = require('ws');
const { dpinDomain, signMessage } = require('../../../lib/protocol/eip712');
const { encodeFrame } = require('../../../lib/protocol/messages');
const { helloValue } = require('../../../lib/protocol/signed-values');
const { monotonicMs } = require('../../../lib/runtime/clock');

const { port, key, nodeId, frame } = JSON.parse(process.env.TASK);
const socket = new WebSocket(`ws://127.0.0.1:${port}`);
socket.on('message', async (data) => {
  const { type, nonce, reporter, chainId, registry } = JSON.parse(data.toString());
  if (type === 'READY') process.send({ ready: true });
  if (type !== 'WELCOME') return;
  const hello = { nodeId, devices: 1, adapters: [], software: 'test/1' };
  const signed = helloValue(hello, reporter, nonce);
  const signature = await signMessage(new Wallet(key), dpinDomain(chainId, registry), 'Hello', signed);
  socket.send(encodeFrame('HELLO', { ...hello, signature }));
});
process.on('message', ({ afterMs }) => {
  setTimeout(() => {
    const sentMs = monotonicMs();
    socket.send(frame);
    process.send({ sentMs });
  }, afterMs);
});
