// Prints a free loopback port for each argument. An argument lists the offsets from the port that must be free:
//   node free-ports.mjs 0 0,443,5300,5301
// Ports are below the range for outgoing connections, so that no connection takes a port before its server does.
import { createServer } from 'node:net';

const lowest = 10000, highest = 26000;

const listen = port => new Promise(resolve => {
  const server = createServer();
  server.once('error', () => resolve(null));
  server.listen(port, '127.0.0.1', () => resolve(server));
});

async function find(offsets) {
  for (let tries = 0; tries < 1000; tries++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const servers = await Promise.all(offsets.map(offset => listen(port + offset)));
    servers.forEach(server => server?.close());
    if (servers.every(Boolean)) return port;
  }
  throw new Error('no free ports');
}

for (const argument of process.argv.slice(2)) {
  console.log(await find(argument.split(',').map(Number)));
}
