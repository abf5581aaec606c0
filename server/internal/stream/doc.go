// Package stream carries updates from the hub to viewers: the plain stream of events, on WebSockets and event streams, and
// the sessions of the protocol.
//
// Contract:
//   - A tick becomes bytes once for all viewers that want the same columns in the same shape on the same transport (see
//     group), heads of messages included. The bytes are shared and never change. Pieces of the past are shared too.
//   - A viewer has one goroutine, which reads its connection and obeys it. It is written to by its lane (see lane): one
//     goroutine a processor, told of new ticks by the hub, that writes to its viewers one after the other what fits into
//     their sockets. A viewer whose socket is full gets a goroutine of its own, a chaser, until it has caught up.
//   - A message that was begun is finished before anything else is written; nothing follows a close frame.
//   - Commands of a client are obeyed in order. While it does not take the answers, it is not heard.
//   - One watchdog looks after all connections, once a second: there is no timer and no deadline for a write. A viewer that
//     takes no byte for 10 s is cut, one that takes some lives, however slow it is. Silent ones are asked for a sign of life
//     after 10 s and cut 10 s later; vanished ones are cut within 20 s, although the kernel goes on taking bytes.
//   - A viewer that falls further behind than 256 KiB skips its oldest ticks; a gap says which. One that lags for 10 s on end
//     gets rows folded over a longer interval until it keeps up, and what it wanted again when it has kept up for a while.
//     Positions go on, and ids of events resume either way. None of them slows the publisher or another viewer.
//   - What a client sends is limited in bytes before it is decoded, in time once it has begun, and in its rate, whatever the
//     frames are. Floods end with 1008.
//   - Shutdown spreads the goodbyes over a while, gives each viewer 3 s to take its own, and waits for all. While nobody
//     watches there is no goroutine.
package stream
