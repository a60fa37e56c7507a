// A bare Faye server, with the hold time of the others, on a free port that it prints.
import http from 'node:http';
import faye from 'faye';

// A client is not hung up on when it thinks for longer than Node.js waits.
const server = http.createServer({ keepAliveTimeout: 60000 });
new faye.NodeAdapter({ mount: '/cometd', timeout: 30 }).attach(server);
server.listen(0, '127.0.0.1', () => console.error(`listening on 127.0.0.1:${server.address().port}`));
