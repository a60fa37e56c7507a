// A bare CometD server with the echo service, on a free port that it prints.
import http from 'node:http';
import cometd from 'cometd-nodejs-server';

const bayeux = cometd.createCometDServer();
bayeux.createServerChannel('/service/echo').addListener('message', (session, channel, message, done) => {
    session.deliver(null, channel.name, message.data);
    done();
});
// A client is not hung up on when it thinks for longer than Node.js waits.
const server = http.createServer({ keepAliveTimeout: 60000 }, bayeux.handle);
server.listen(0, '127.0.0.1', () => console.error(`listening on 127.0.0.1:${server.address().port}`));
