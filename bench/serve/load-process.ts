/** The process that load.ts starts: plain sockets, requests written as bytes made beforehand, so that it takes little of the cores. */
import { connect, type Socket } from 'node:net';
import type { Load, LoadResult } from './load.ts';

interface Connection {
  socket: Socket;
  /** When the request under way was due; undefined while there is none. */
  due: number | undefined;
  /** What came of the answer so far. */
  head: string;
  left: number;
}

/** Milliseconds in which this process is not yet as fast as it gets: at a rate, what was due in them is not timed. */
const WARM_UP = 1000;

process.once('message', async (options: Load) => {
  process.send!(await measure(options));
  process.disconnect();
});

function measure({
  url,
  path,
  headers,
  bodies,
  connections,
  seconds,
  rate,
  drop,
}: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const requests = bodies.map((body) =>
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-length: ${body.length}\r\n${Object.entries(
          headers,
        )
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      ),
      body,
    ]),
  );
  const answers: Record<string, number> = {};
  const times: number[] = [];
  let withoutRetryAfter = 0;
  let sent = 0;
  let asked = 0;
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const started = performance.now();
  const end = started + 1000 * seconds;
  const count = (status: string) => {
    answers[status] = (answers[status] ?? 0) + 1;
  };

  return new Promise((resolve) => {
    const ask = (connection: Connection, due: number) => {
      connection.due = due;
      connection.socket.write(requests[sent++ % requests.length]!);
    };
    const answered = (connection: Connection, head: string) => {
      const status = head.slice(9, 12);
      count(status);
      if (status === '200') {
        if (rate === undefined || connection.due! >= started + WARM_UP)
          times.push(performance.now() - connection.due!);
      } else if ((status === '429' || status === '503') && !/\r\nretry-after:/i.test(head))
        withoutRetryAfter++;
      connection.due = undefined;
      if (rate === undefined && performance.now() < end) ask(connection, performance.now());
      else idle.push(connection);
    };
    const open = (connection: Connection) => {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      socket.on('data', (chunk) => {
        let at = 0;
        while (at < chunk.length) {
          if (connection.left === 0) {
            connection.head += chunk.toString('latin1', at);
            const length = connection.head.indexOf('\r\n\r\n');
            if (length < 0) return;
            const size = Number(
              /\r\ncontent-length: (\d+)/i.exec(connection.head.slice(0, length))?.[1] ?? 0,
            );
            at += length + 4 - (connection.head.length - (chunk.length - at));
            connection.head = connection.head.slice(0, length);
            connection.left = size;
            if (size === 0) done();
          } else {
            const taken = Math.min(connection.left, chunk.length - at);
            connection.left -= taken;
            at += taken;
            if (connection.left === 0) done();
          }
        }
      });
      const done = () => {
        const { head } = connection;
        connection.head = '';
        answered(connection, head);
      };
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (performance.now() >= end) return;
        if (connection.due !== undefined) count('closed');
        else idle.splice(idle.indexOf(connection), 1);
        Object.assign(connection, { due: undefined, head: '', left: 0 });
        setTimeout(() => open(connection), 20);
      });
      socket.on('connect', () => {
        if (rate === undefined) ask(connection, performance.now());
        else idle.push(connection);
      });
      connection.socket = socket;
    };
    for (let i = 0; i < connections; i++) {
      const connection = { due: undefined, head: '', left: 0 } as unknown as Connection;
      all.push(connection);
      open(connection);
    }
    // Requests that are due, the first first, as connections become free.
    const timer = setInterval(() => {
      const now = performance.now();
      if (now >= end) {
        clearInterval(timer);
        setTimeout(finish, 1000);
        return;
      }
      if (rate === undefined) return;
      const due = ((now - started) / 1000) * rate;
      while (idle.length > 0 && asked < due)
        // The longest idle first: servers close connections on which nothing is asked.
        ask(idle.shift()!, started + (1000 * asked++) / rate);
      for (; drop && asked < due; asked++) count('unsent');
    }, 1);
    const finish = () => {
      for (const { socket } of all) socket.destroy();
      times.sort((a, b) => a - b);
      const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
      const perSecond = (answers['200'] ?? 0) / seconds;
      resolve({ answers, perSecond, p50: at(0.5), p99: at(0.99), withoutRetryAfter });
    };
  });
}
