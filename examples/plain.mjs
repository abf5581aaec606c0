// Prints the CPU and the memory of the server's host as they are measured.
// node examples/plain.mjs [ws://127.0.0.1:8080]   (Node.js 22; with 20: node --experimental-websocket)
const server = process.argv[2] ?? 'ws://127.0.0.1:8080'
const socket = new WebSocket(`${server}/ws?metrics=cpu,memory`)
socket.onmessage = ({ data }) => {
  const { metric, value, timestamp } = JSON.parse(data)
  console.log(new Date(timestamp * 1000).toISOString(), metric, value)
}
