// Package stream carries updates from the hub to viewers: the plain stream of events and the sessions of the protocol.
//
// Contract:
//   - A viewer is two goroutines, one that reads its socket and one, the pump, that writes it. Both end when either ends,
//     when the peer is gone, or when [Streams.Shutdown] is called; Shutdown waits for all of them.
//   - A tick is encoded once for all viewers that want the same columns in the same shape (see encodeCache); the bytes are
//     shared and never change.
//   - A viewer that takes no byte for 10 s is cut. One whose machine has vanished is cut within about 20 s, although the
//     kernel goes on taking bytes for it. One that takes too few skips its oldest ticks; a session is told how many by a
//     gap frame. None of them slows the publisher or another viewer.
//   - What a client sends is limited in bytes before it is decoded, and in time once it has begun.
//   - On an error path the socket is given at most 5 s for its goodbye, whatever the peer does.
package stream
