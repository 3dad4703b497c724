// A plain WebSocket server, Node's ws with permessage-deflate: sends back what it gets, a compressed text in fragments.
const { WebSocketServer } = require('ws');

const note = (conversation, direction, data, isBinary) =>
  console.log(JSON.stringify({
    who: 'server', conversation, direction, namespace: null, event: isBinary ? 'binary' : 'text',
    arguments: [isBinary ? { bytes: data.length } : data.toString()],
  }));

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({
  host, port: Number(port), perMessageDeflate: { threshold: 100, serverMaxWindowBits: 10 },
});
server.on('connection', (socket, request) => {
  const conversation = request.headers['sec-websocket-key'];
  socket.on('message', (data, isBinary) => {
    note(conversation, 'clientToServer', data, isBinary);
    note(conversation, 'serverToClient', data, isBinary);
    const half = data.length >> 1;
    if (!isBinary && data.length > 1000) {
      socket.send(data.subarray(0, half), { binary: false, fin: false });
      socket.ping('between');
      socket.send(data.subarray(half), { binary: false, fin: true });
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
});
