// SQS on loopback: the npm package fauxqs, without its command line, which would listen on every address.
//   node sqs.mjs 4566
import { register } from 'node:module';

// fauxqs requires Node 22 only because of node:sqlite, which SQS does not use. On Node 20, this import is stubbed.
if (!process.getBuiltinModule?.('node:sqlite')) {
  register('data:text/javascript,' + encodeURIComponent(
    `export const resolve = (name, context, next) => name === 'node:sqlite'
       ? { url: 'data:text/javascript,export class DatabaseSync {}', shortCircuit: true } : next(name, context);`));
}

const { buildApp } = await import('./node_modules/fauxqs/dist/app.js');
const app = buildApp({ logger: false });
process.on('SIGTERM', () => process.exit(0));
console.log('SQS on', await app.listen({ port: Number(process.argv[2] ?? 4566), host: '127.0.0.1' }));
