// Package client is the other end of the session protocol, for programs: the tail and doctor commands, agents, load.
//
// A [Conn] is one connection that has had its hello. A [Session] keeps one up: it dials, subscribes, and after a loss
// comes back with the position of the last row that it handed out.
//
// Contract of a Session:
//   - It has no goroutine of its own. Everything happens in [Session.Next], which one goroutine calls; Send and Close may
//     be called by others meanwhile. What was not taken by Next waits in the server, whose bound on it is the only one.
//   - Rows of a host come in the order of their positions, each at most once. Where some are missing, a gap frame stands
//     before the next row: the server's own, or one that the Session makes when the server forgot to say so.
//   - A server that is not heard of for 25 s is dead. A hello that does not come within 10 s is a failed attempt.
//   - Between attempts it waits a random part of 1, 2, 4, ... 30 s, at least 250 ms, and at least what Retry-After asks
//     for. It gives up where the answer says that the same client would fail again, see [ComesBack].
//   - A server is trusted with nothing: messages are limited in bytes before they are decoded, redirects to another host
//     are not followed, so that headers with secrets go nowhere else.
//
// Tests run it against the whole server, killed and restarted, with a ledger of every row.
package client
