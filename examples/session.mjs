// Follows a host by a session and misses nothing: after a cut it comes back with the position of the last row it has.
// node examples/session.mjs [ws://127.0.0.1:8080]   (Node.js 22; with 20: node --experimental-websocket)
const server = process.argv[2] ?? 'ws://127.0.0.1:8080'
let columns = [], epoch, since, failures = 0

function connect() {
  const socket = new WebSocket(`${server}/ws`, 'vitals.v1.json')
  const on = {
    hello(frame) {
      const host = frame.hosts[0].name
      epoch = frame.epoch
      socket.send(JSON.stringify({ type: 'subscribe', hosts: [host], metrics: ['cpu', 'memory'], ...(since ?? { backfill: 0 }) }))
    },
    catalog: (frame) => (columns = frame.series.map((series) => series.metric)),
    snapshot: (frame) => frame.timestamps.forEach((time, row) => print(time, frame.columns.map((column) => column[row]))),
    update(frame) {
      failures = 0
      since = { since: { [frame.host]: { epoch, seq: frame.seq } } }
      print(frame.timestamp, frame.values)
    },
    gap: (frame) => console.log('missing:', frame.dropped ?? 'unknown'),
    error: (frame) => console.error(frame.code, frame.message),
  }
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data)
    on[frame.type]?.(frame) // types of later versions are ignored
  }
  socket.onclose = ({ code }) => {
    if (code === 1008 || code >= 4500) process.exit(1) // the server says: do not come back
    setTimeout(connect, 250 + Math.random() * Math.min(30_000, 1000 * 2 ** failures++))
  }
}

function print(time, values) {
  values.forEach((value, column) => value !== null && console.log(new Date(time * 1000).toISOString(), columns[column], value))
}

connect()
