import process from 'node:process';
import { startBroker } from '../../../src/services/kafka/broker.ts';

// The embedded broker in a process of its own: node embedded-process.ts <directory> <port>
const [, , directory = '', port = '0'] = process.argv;
const broker = await startBroker({
  directory,
  port: Number(port),
  onError: (message) => process.stderr.write(`${message}\n`),
});
process.on('SIGTERM', () => {
  void broker.stop().then(() => process.exit(0));
});
process.send?.({ address: broker.address, cutBytes: broker.cutBytes });
